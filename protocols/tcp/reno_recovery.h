// RenoRecovery: fast retransmit and fast recovery (RFC 5681 section 3.2), without SACK.
//
// The third duplicate ACK resends the first segment; each further one lets another go; the first
// ACK of new data ends it, whatever else was lost.
#ifndef TICKWIRE_PROTOCOLS_TCP_RENO_RECOVERY_H_
#define TICKWIRE_PROTOCOLS_TCP_RENO_RECOVERY_H_

#include "protocols/tcp/duplicate_ack_window.h"
#include "protocols/tcp/fast_recovery.h"
#include "protocols/tcp/loss_recovery.h"

namespace tickwire::tcp {

class RenoRecovery final : public LossRecovery {
 public:
  RenoRecovery(SenderCore& core, CongestionControl& congestion);

  void OnAck(const AckSummary& ack) override;
  void OnTimeout(SimTime sent_until) override;
  std::optional<Choice> Next() override;
  bool OnNothingNew() override;
  int64_t Room() const override { return duplicates_.Room(); }
  bool TakeForced() override { return recovery_.TakeForced(); }
  void OnSent(SackScoreboard::Index index, bool is_resent) override;

 private:
  void OnDuplicateAck();
  void OnNewAck(const AckSummary& ack);
  void Enter(const TraceLabel& why);

  SenderCore& core_;
  FastRecovery recovery_;
  DuplicateAckWindow duplicates_;
  bool is_early_ = false;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_RENO_RECOVERY_H_
