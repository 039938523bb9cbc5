#include "protocols/tcp/reno_recovery.h"

#include "protocols/tcp/sender_labels.h"

namespace tickwire::tcp {

using State = SenderState;

RenoRecovery::RenoRecovery(SenderCore& core, CongestionControl& congestion)
    : core_(core),
      recovery_(core, congestion),
      duplicates_(core, /*inflates=*/!recovery_.uses_prr() && recovery_.sets_window()) {}

void RenoRecovery::OnAck(const AckSummary& ack) {
  if (ack.advances()) {
    OnNewAck(ack);
  } else if (ack.is_duplicate) {
    OnDuplicateAck();
  }
}

void RenoRecovery::OnNewAck(const AckSummary& ack) {
  duplicates_.OnAdvance(ack.acked_bytes);
  switch (core_.state) {
    case State::kRecovery:  // RFC 5681 section 3.2 step 6: deflate.
      duplicates_.Clear();
      recovery_.Leave(core_.ssthresh, kWhyNewAck);
      break;
    case State::kLoss:
      duplicates_.Clear();
      if (core_.board.snd_una() >= core_.recover) recovery_.LeaveLoss();
      break;
    case State::kDisorder:
      core_.SetState(State::kOpen, kWhyHolesClosed);
      [[fallthrough]];
    case State::kOpen:
    case State::kCwr:
      duplicates_.Clear();
      core_.dupacks = 0;
      core_.limited_transmit_bytes = 0;
      break;
  }
}

void RenoRecovery::OnDuplicateAck() {
  switch (core_.state) {
    case State::kRecovery: {  // Step 4.
      const int64_t delivered = duplicates_.OnDuplicateInRecovery();
      if (recovery_.uses_prr()) {
        recovery_.OnAck(delivered, duplicates_.Pipe(), /*advances=*/false, /*finds_losses=*/false);
      } else if (recovery_.sets_window()) {
        core_.cwnd += core_.mss;
      }
      break;
    }
    case State::kLoss:  // The timer has taken over.
      break;
    case State::kOpen:
      core_.SetState(State::kDisorder, kWhyFirstSigns);
      [[fallthrough]];
    case State::kDisorder:
    case State::kCwr:
      if (duplicates_.OnDuplicate() >= core_.config.dupthresh) Enter(kWhyDuplicateAcks);
      break;
  }
}

void RenoRecovery::Enter(const TraceLabel& why) {
  is_early_ = &why == &kWhyEarlyRetransmit;
  core_.board.MarkLost(core_.board.first());
  recovery_.Enter(why);
  if (recovery_.uses_prr()) {
    recovery_.OnAck(core_.mss, duplicates_.Pipe(), /*advances=*/false, /*finds_losses=*/true);
  } else if (recovery_.sets_window()) {  // Step 3: what has left the network.
    core_.cwnd += int64_t{core_.dupacks} * core_.mss;
  }
}

void RenoRecovery::OnTimeout(SimTime sent_until) {
  duplicates_.Clear();
  core_.board.MarkLostByTimeout(sent_until);
}

std::optional<LossRecovery::Choice> RenoRecovery::Next() {
  const auto index = core_.board.NextLost();
  if (!index.has_value()) return std::nullopt;
  if (core_.state == State::kLoss) return Choice{*index, core_.WhyAfterTimeout(*index)};
  return Choice{*index, is_early_ ? &kResendEarly : &kResendFast};
}

bool RenoRecovery::OnNothingNew() {
  if (!duplicates_.MayRetransmitEarly()) return false;
  Enter(kWhyEarlyRetransmit);
  return true;
}

void RenoRecovery::OnSent(SackScoreboard::Index index, bool is_resent) {
  const uint32_t bytes = core_.board[index].size;
  if (core_.state == State::kRecovery) recovery_.OnSent(bytes);
  if (!is_resent) duplicates_.OnSentNew(bytes);
}

}  // namespace tickwire::tcp
