// SackRecovery: loss recovery with SACK after RFC 6675.
//
// The scoreboard keeps IsLost(), pipe and HighRxt; here are the decision to enter, NextSeg() and
// the retransmission time-out (section 5.1). Pipe counts the rescue retransmission too, which the
// RFC leaves out.
#ifndef TICKWIRE_PROTOCOLS_TCP_SACK_RECOVERY_H_
#define TICKWIRE_PROTOCOLS_TCP_SACK_RECOVERY_H_

#include "protocols/tcp/fast_recovery.h"
#include "protocols/tcp/loss_recovery.h"

namespace tickwire::tcp {

class SackRecovery final : public LossRecovery {
 public:
  SackRecovery(SenderCore& core, CongestionControl& congestion) : recovery_(core, congestion) {}

  void OnAck(const AckSummary& ack) override;
  void OnTimeout(SimTime sent_until) override;
  std::optional<Choice> Next() override;
  std::optional<Choice> LastResort() override;
  bool OnNothingNew() override;
  int64_t Room() const override;
  bool TakeForced() override { return recovery_.TakeForced(); }
  void OnSent(SackScoreboard::Index index, bool is_resent) override;

 private:
  bool MarkLosses();  // true if it found any
  void OnAckOutsideRecovery(const AckSummary& ack);
  bool has_loss() const;
  void Enter(const TraceLabel& why, int64_t delivered_bytes);

  SenderCore& core() { return recovery_.core(); }
  const SenderCore& core() const { return recovery_.core(); }

  FastRecovery recovery_;
  const TraceLabel* first_why_ = nullptr;  // of the first resending of a recovery
  int64_t rescue_rxt_ = 0;                 // RescueRxt, one beyond
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_SACK_RECOVERY_H_
