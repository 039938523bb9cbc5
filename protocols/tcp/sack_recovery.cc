#include "protocols/tcp/sack_recovery.h"

#include "protocols/tcp/sender_labels.h"

namespace tickwire::tcp {

using State = SenderState;

void SackRecovery::OnAck(const AckSummary& ack) {
  const bool finds_losses = MarkLosses();
  switch (core().state) {
    case State::kLoss:
      // Section 5.1: no new recovery before all is acknowledged that was sent before the time-out.
      if (core().board.snd_una() < core().recover) return;
      recovery_.LeaveLoss();
      break;
    case State::kRecovery:
      if (core().board.snd_una() < core().recover) {  // Step (B).
        recovery_.OnAck(ack.delivered_bytes, core().board.pipe(), ack.advances(), finds_losses);
        return;
      }
      recovery_.Leave(core().ssthresh, kWhyRecovered);  // Step (A).
      break;
    case State::kOpen:
    case State::kDisorder:
    case State::kCwr:
      break;
  }
  OnAckOutsideRecovery(ack);
}

bool SackRecovery::MarkLosses() {
  bool is_any = false;
  core().board.MarkLostBySack(core().config.dupthresh, core().mss,
                              [this, &is_any](const SackScoreboard::Segment& segment) {
                                is_any = true;
                                if (core().is_watched()) core().NoteRange(segment.range(), "lost");
                              });
  return is_any;
}

bool SackRecovery::has_loss() const {
  // IsLost(HighACK + 1): if anything is lost, the first segment is.
  const SackScoreboard& board = core().board;
  return !board.empty() && board[board.first()].is_lost && !board[board.first()].is_oversize;
}

void SackRecovery::OnAckOutsideRecovery(const AckSummary& ack) {
  if (ack.advances()) {
    core().dupacks = 0;
    core().limited_transmit_bytes = 0;
  }
  // Section 2: a duplicate ACK is one that newly sacks something.
  if (ack.sacked_bytes > 0) ++core().dupacks;
  const bool is_duplicate = ack.sacked_bytes > 0 && core().dupacks >= core().config.dupthresh;
  if (is_duplicate || has_loss()) {  // Section 5 steps (1) and (2).
    Enter(kWhySackLoss, ack.delivered_bytes);
    return;
  }
  const bool has_holes = core().board.sacked_bytes() > 0;
  if (core().state == State::kOpen && has_holes) {
    core().SetState(State::kDisorder, kWhyFirstSigns);
  } else if (core().state == State::kDisorder && !has_holes) {
    core().SetState(State::kOpen, kWhyHolesClosed);
  }
}

void SackRecovery::Enter(const TraceLabel& why, int64_t delivered_bytes) {
  SackScoreboard& board = core().board;
  first_why_ = &why == &kWhyEarlyRetransmit ? &kResendEarly : &kResendSackFirst;
  board.MarkLost(board.first());
  board.ResetHighRxt();
  rescue_rxt_ = board[board.first()].end();  // Step (4.3).
  recovery_.Enter(why);
  recovery_.OnAck(delivered_bytes, board.pipe(), /*advances=*/false, /*finds_losses=*/true);
}

void SackRecovery::OnTimeout(SimTime sent_until) {
  core().ClearSackAtTimeout();
  core().board.MarkLostByTimeout(sent_until);
}

std::optional<LossRecovery::Choice> SackRecovery::Next() {
  const auto index = core().board.NextLost();
  if (!index.has_value()) return std::nullopt;
  if (core().state == State::kLoss) return Choice{*index, core().WhyAfterTimeout(*index)};
  return Choice{*index, first_why_ != nullptr ? first_why_ : &kResendSackLost};
}

std::optional<LossRecovery::Choice> SackRecovery::LastResort() {
  if (core().state != State::kRecovery) return std::nullopt;
  if (const auto index = core().board.NextBelowSacked()) return Choice{*index, &kResendSackUnsure};
  if (core().board.snd_una() <= rescue_rxt_) return std::nullopt;
  const auto index = core().board.HighestUnsacked();
  if (!index.has_value()) return std::nullopt;
  rescue_rxt_ = core().recover;
  return Choice{*index, &kResendRescue};
}

bool SackRecovery::OnNothingNew() {
  // RFC 5827 section 3.2: all but one of fewer than four segments were sacked.
  const uint64_t outstanding = core().board.segment_count();
  if (!core().config.early_retransmit || core().state == State::kRecovery ||
      core().state == State::kLoss || outstanding < 2 || outstanding >= 4 ||
      core().board.sacked_segments() < outstanding - 1) {
    return false;
  }
  Enter(kWhyEarlyRetransmit, 0);
  return true;
}

int64_t SackRecovery::Room() const {
  int64_t room = core().cwnd - core().board.pipe();
  const bool may_replace = core().state == State::kRecovery || core().state == State::kLoss ||
                           core().config.limited_transmit;
  // Section 5 step (3): what was sacked makes room for new data, by limited transmit only.
  if (!may_replace) room -= core().board.sacked_bytes();
  return room;
}

void SackRecovery::OnSent(SackScoreboard::Index index, bool is_resent) {
  const uint32_t bytes = core().board[index].size;
  if (core().state == State::kRecovery) {
    recovery_.OnSent(bytes);
    if (is_resent) first_why_ = nullptr;
  } else if (!is_resent && core().dupacks > 0) {
    core().limited_transmit_bytes += bytes;
  }
}

}  // namespace tickwire::tcp
