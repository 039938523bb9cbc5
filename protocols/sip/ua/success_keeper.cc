#include "protocols/sip/ua/success_keeper.h"

#include <algorithm>
#include <utility>

#include "protocols/sip/ua/ua_labels.h"

namespace tickwire::sip {

SuccessKeeper::SuccessKeeper(NodeClock& clock, const TraceEntity& entity, TransactionLayer& table,
                             Owner& owner, uint32_t number, std::string key, int most_copies)
    : table_(table),
      owner_(owner),
      number_(number),
      copies_left_(most_copies == 0 ? -1 : most_copies),
      key_(std::move(key)),
      interval_(table.timers().t1),
      timer_2xx_(clock, *this, labels::kTimer2xx, entity),
      timer_ack_wait_(clock, *this, labels::kTimerAckWait, entity) {
  timer_2xx_.Set(interval_);
  timer_ack_wait_.Set(table.timers().SixtyFourT1());
}

// For the trace: acknowledged, or given up.
SuccessKeeper::~SuccessKeeper() {
  timer_2xx_.Cancel();
  timer_ack_wait_.Cancel();
}

void SuccessKeeper::OnTimer2xx() {
  ServerTransaction* const transaction = table_.FindServer(key_);
  if (transaction == nullptr) return;  // timer L came first: T1 and 64*T1 were set apart
  if (copies_left_ > 0) --copies_left_;
  if (copies_left_ != 0) {
    interval_ = std::min(2 * interval_, table_.timers().t2);
    timer_2xx_.Set(interval_);
  }
  transaction->ResendSuccess();
  owner_.OnSuccessRepeated();
}

}  // namespace tickwire::sip
