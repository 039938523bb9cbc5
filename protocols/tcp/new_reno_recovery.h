// NewRenoRecovery: fast recovery that holds until all is acknowledged that was outstanding when it
// began (RFC 6582), without SACK.
//
// A partial ACK shows the next loss and resends it: one loss a round trip. The careful check of
// section 3.2 step 2 keeps duplicates of one window from starting it twice; of the timer's variants
// it is the impatient one (section 4): only the first partial ACK restarts it.
#ifndef TICKWIRE_PROTOCOLS_TCP_NEW_RENO_RECOVERY_H_
#define TICKWIRE_PROTOCOLS_TCP_NEW_RENO_RECOVERY_H_

#include "protocols/tcp/duplicate_ack_window.h"
#include "protocols/tcp/fast_recovery.h"
#include "protocols/tcp/loss_recovery.h"

namespace tickwire::tcp {

class NewRenoRecovery final : public LossRecovery {
 public:
  NewRenoRecovery(SenderCore& core, CongestionControl& congestion);

  void OnAck(const AckSummary& ack) override;
  void OnTimeout(SimTime sent_until) override;
  void OnUndo() override { duplicates_.Clear(); }
  std::optional<Choice> Next() override;
  bool OnNothingNew() override;
  int64_t Room() const override { return duplicates_.Room(); }
  bool TakeForced() override { return recovery_.TakeForced(); }
  void OnSent(SackScoreboard::Index index, bool is_resent) override;

 private:
  void OnDuplicateAck();
  void OnNewAck(const AckSummary& ack);
  void OnPartialAck(const AckSummary& ack);
  void Enter(const TraceLabel& why);

  SenderCore& core_;
  FastRecovery recovery_;
  DuplicateAckWindow duplicates_;
  int64_t recover_ = 0;  // RFC 6582 section 3.2: the highest position sent, when it was last set
  const TraceLabel* why_ = nullptr;  // of the next resending
  bool had_partial_ack_ = false;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_NEW_RENO_RECOVERY_H_
