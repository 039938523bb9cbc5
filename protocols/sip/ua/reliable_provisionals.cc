#include "protocols/sip/ua/reliable_provisionals.h"

#include <algorithm>
#include <utility>

#include "protocols/sip/ua/ua_labels.h"

namespace tickwire::sip {

ReliableProvisionals::ReliableProvisionals(NodeClock& clock, const TraceEntity& entity,
                                           TransactionLayer& table, Owner& owner,
                                           uint32_t first_number, uint32_t invite_number,
                                           std::string key)
    : table_(table),
      owner_(owner),
      next_number_(first_number),
      invite_number_(invite_number),
      key_(std::move(key)),
      interval_(table.timers().t1),
      timer_(clock, *this, labels::kTimerReliable, entity),
      timer_give_up_(clock, *this, labels::kTimerPrackWait, entity) {}

void ReliableProvisionals::Send(SipMessage&& response, absl::string_view body_type,
                                absl::string_view body) {
  response.Add(Require{"100rel"});
  response.Add(RSeq{next_number_});
  response.SetBody(body_type, body);
  queue_.push_back({std::move(response), next_number_++, !body.empty()});
  if (queue_.size() == 1) SendFirst();
}

void ReliableProvisionals::SendFirst() {
  interval_ = table_.timers().t1;
  timer_.Set(interval_);
  timer_give_up_.Set(table_.timers().SixtyFourT1());
  if (ServerTransaction* const transaction = table_.FindServer(key_)) {
    transaction->Respond(SipMessage(queue_.front().response));
  }
}

bool ReliableProvisionals::OnPrack(const RAck& ack) {
  if (queue_.empty() || ack.rseq != queue_.front().number || ack.cseq != invite_number_ ||
      ack.method != "INVITE") {
    return false;
  }
  Stop();
  queue_.pop_front();
  const ServerTransaction* const transaction = table_.FindServer(key_);
  const bool is_answered = transaction == nullptr || transaction->last_status() >= 200;
  if (is_answered) queue_.clear();  // §3: no new provisional after the final response
  if (!queue_.empty()) SendFirst();
  return true;
}

bool ReliableProvisionals::has_unacknowledged_body() const {
  return std::any_of(queue_.begin(), queue_.end(), [](const Pending& p) { return p.has_body; });
}

void ReliableProvisionals::OnTimer() {
  interval_ = 2 * interval_;
  timer_.Set(interval_);
  if (ServerTransaction* const transaction = table_.FindServer(key_)) {
    transaction->Respond(SipMessage(queue_.front().response));
  }
}

}  // namespace tickwire::sip
