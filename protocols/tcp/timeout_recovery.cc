#include "protocols/tcp/timeout_recovery.h"

namespace tickwire::tcp {

void TimeoutRecovery::OnAck(const AckSummary& ack) {
  if (core_.state != SenderState::kLoss || !ack.advances()) return;
  if (core_.board.snd_una() >= core_.recover) recovery_.LeaveLoss();
}

void TimeoutRecovery::OnTimeout(SimTime sent_until) { core_.board.MarkLostByTimeout(sent_until); }

std::optional<LossRecovery::Choice> TimeoutRecovery::Next() {
  const auto index = core_.board.NextLost();
  if (!index.has_value()) return std::nullopt;
  return Choice{*index, core_.WhyAfterTimeout(*index)};
}

}  // namespace tickwire::tcp
