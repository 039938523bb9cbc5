#include "protocols/tcp/new_reno_recovery.h"

#include <algorithm>

#include "protocols/tcp/sender_labels.h"

namespace tickwire::tcp {

using State = SenderState;

NewRenoRecovery::NewRenoRecovery(SenderCore& core, CongestionControl& congestion)
    : core_(core),
      recovery_(core, congestion),
      duplicates_(core, /*inflates=*/!recovery_.uses_prr() && recovery_.sets_window()),
      recover_(core.board.snd_una() - 1) {}

void NewRenoRecovery::OnAck(const AckSummary& ack) {
  if (ack.advances()) {
    OnNewAck(ack);
  } else if (ack.is_duplicate) {
    OnDuplicateAck();
  }
}

void NewRenoRecovery::OnNewAck(const AckSummary& ack) {
  const int64_t una = core_.board.snd_una();
  switch (core_.state) {
    case State::kRecovery:
      if (una < core_.recover) {
        OnPartialAck(ack);
        break;
      }
      // Section 3.2 step 3, full acknowledgment, choice (1).
      duplicates_.Clear();
      recovery_.Leave(
          std::min(core_.ssthresh, std::max<int64_t>(core_.board.flight(), core_.mss) + core_.mss),
          kWhyRecovered);
      break;
    case State::kLoss:
      if (una >= core_.recover) recovery_.LeaveLoss();
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

void NewRenoRecovery::OnPartialAck(const AckSummary& ack) {
  const int64_t delivered = duplicates_.OnAdvance(ack.acked_bytes);
  SackScoreboard& board = core_.board;
  if (!board[board.first()].is_resent) {
    board.MarkLost(board.first());
    recovery_.ForceNext();
    why_ = &kResendPartialAck;
  }
  if (recovery_.uses_prr()) {
    recovery_.OnAck(delivered, duplicates_.Pipe(), /*advances=*/true, /*finds_losses=*/true);
  } else if (recovery_.sets_window()) {  // Partial deflation.
    core_.cwnd -= ack.acked_bytes;
    if (ack.acked_bytes >= core_.mss) core_.cwnd += core_.mss;
    core_.cwnd = std::max<int64_t>(core_.cwnd, core_.mss);
  }
  core_.restart_rto = !had_partial_ack_;
  had_partial_ack_ = true;
}

void NewRenoRecovery::OnDuplicateAck() {
  switch (core_.state) {
    case State::kRecovery: {
      const int64_t delivered = duplicates_.OnDuplicateInRecovery();
      if (recovery_.uses_prr()) {
        recovery_.OnAck(delivered, duplicates_.Pipe(), /*advances=*/false, /*finds_losses=*/false);
      } else if (recovery_.sets_window()) {
        core_.cwnd += core_.mss;
      }
      break;
    }
    case State::kLoss:  // Section 4: these may come from what was resent needlessly.
      break;
    case State::kOpen:
      core_.SetState(State::kDisorder, kWhyFirstSigns);
      [[fallthrough]];
    case State::kDisorder:
    case State::kCwr:
      // Section 3.2 step 2: only if more than `recover` is acknowledged.
      if (duplicates_.OnDuplicate() >= core_.config.dupthresh && core_.board.snd_una() > recover_) {
        Enter(kWhyDuplicateAcks);
      }
      break;
  }
}

void NewRenoRecovery::Enter(const TraceLabel& why) {
  why_ = &why == &kWhyEarlyRetransmit ? &kResendEarly : &kResendFast;
  had_partial_ack_ = false;
  recover_ = core_.board.snd_nxt();
  core_.board.MarkLost(core_.board.first());
  recovery_.Enter(why);
  if (recovery_.uses_prr()) {
    recovery_.OnAck(core_.mss, duplicates_.Pipe(), /*advances=*/false, /*finds_losses=*/true);
  } else if (recovery_.sets_window()) {
    core_.cwnd += int64_t{core_.dupacks} * core_.mss;
  }
}

void NewRenoRecovery::OnTimeout(SimTime sent_until) {
  duplicates_.Clear();
  recover_ = core_.board.snd_nxt();  // Section 3.2 step 4.
  core_.board.MarkLostByTimeout(sent_until);
}

std::optional<LossRecovery::Choice> NewRenoRecovery::Next() {
  const auto index = core_.board.NextLost();
  if (!index.has_value()) return std::nullopt;
  if (core_.state == State::kLoss) return Choice{*index, core_.WhyAfterTimeout(*index)};
  return Choice{*index, why_ != nullptr ? why_ : &kResendFast};
}

bool NewRenoRecovery::OnNothingNew() {
  if (!duplicates_.MayRetransmitEarly() || core_.board.snd_una() <= recover_) return false;
  Enter(kWhyEarlyRetransmit);
  return true;
}

void NewRenoRecovery::OnSent(SackScoreboard::Index index, bool is_resent) {
  const uint32_t bytes = core_.board[index].size;
  if (core_.state == State::kRecovery) recovery_.OnSent(bytes);
  if (!is_resent) duplicates_.OnSentNew(bytes);
}

}  // namespace tickwire::tcp
