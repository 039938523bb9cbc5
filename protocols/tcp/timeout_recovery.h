// TimeoutRecovery: the retransmission timer alone, then everything again from snd_una() on
// (go-back-N), as before fast retransmit (RFC 1122 section 4.2.3.2).
#ifndef TICKWIRE_PROTOCOLS_TCP_TIMEOUT_RECOVERY_H_
#define TICKWIRE_PROTOCOLS_TCP_TIMEOUT_RECOVERY_H_

#include "protocols/tcp/fast_recovery.h"
#include "protocols/tcp/loss_recovery.h"

namespace tickwire::tcp {

class TimeoutRecovery final : public LossRecovery {
 public:
  TimeoutRecovery(SenderCore& core, CongestionControl& congestion)
      : core_(core), recovery_(core, congestion) {}

  void OnAck(const AckSummary& ack) override;
  void OnTimeout(SimTime sent_until) override;
  std::optional<Choice> Next() override;
  int64_t Room() const override { return core_.cwnd - core_.board.pipe(); }

 private:
  SenderCore& core_;
  FastRecovery recovery_;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_TIMEOUT_RECOVERY_H_
