#include "protocols/tcp/sender_core.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "protocols/tcp/sender_labels.h"
#include "protocols/tcp/undo_detector.h"

namespace tickwire::tcp {

const char* StateName(SenderState state) {
  switch (state) {
    case SenderState::kOpen:
      return "open";
    case SenderState::kDisorder:
      return "disorder";
    case SenderState::kCwr:
      return "CWR";
    case SenderState::kRecovery:
      return "recovery";
    case SenderState::kLoss:
      return "loss";
  }
  return "";
}

void SenderCore::SetState(State next, const TraceLabel& why) {
  if (next == state) return;
  state = next;
  if (!is_watched()) return;
  clock.trace().Note(entity, kNoteState, absl::StrCat(StateName(next), ": ", why.name));
}

void SenderCore::OnReduction(bool is_timeout) {
  if (ecn) owes_cwr = true;  // RFC 3168 section 6.1.2: whatever the reason
  if (undo == nullptr) return;
  undo->Begin({.flight = board.flight(),
               .cwnd = cwnd,
               .ssthresh = ssthresh,
               .srtt = rto.srtt() + config.clock_granularity * 2,
               .rttvar = rto.rttvar()},
              board.snd_una(), recover, is_timeout);
}

void SenderCore::NoteRange(SeqRange range, const char* what) {
  clock.trace().Note(entity, kNoteScoreboard,
                     absl::StrCat(range.begin, "..", range.end, " ", what));
}

void SenderCore::TakeSamples() {
  if (!is_watched()) return;
  if (sampled_ == nullptr) sampled_ = std::make_unique<Sampled>();
  const auto sample = [this](const TraceLabel& label, int64_t& last, int64_t value) {
    if (value == last) return;
    last = value;
    clock.trace().Sample(entity, label, value);
  };
  sample(kSampleCwnd, sampled_->cwnd, cwnd);
  if (ssthresh != kInfiniteWindow) sample(kSampleSsthresh, sampled_->ssthresh, ssthresh);
  sample(kSampleFlight, sampled_->flight, board.flight());
  sample(kSamplePipe, sampled_->pipe, board.pipe());
  sample(kSampleDelivered, sampled_->delivered, static_cast<int64_t>(counters.delivered_bytes));
  sample(kSampleRto, sampled_->rto, rto.rto().nanos());
  if (!rto.has_sample()) return;
  sample(kSampleSrtt, sampled_->srtt, rto.srtt().nanos());
  sample(kSampleRttvar, sampled_->rttvar, rto.rttvar().nanos());
}

int64_t SenderCore::initial_window() const {
  const int64_t segments = std::max<uint32_t>(config.initial_window, 1);
  if (segments != 10) return segments * mss;
  // RFC 6928 section 2 (1).
  return std::min<int64_t>(10 * int64_t{mss}, std::max<int64_t>(2 * int64_t{mss}, 14600));
}

void SenderCore::ClearSackAtTimeout() {
  if (board.sacked_bytes() == 0) return;
  // A receiver that still had the first segment would have acknowledged it.
  const bool has_reneged = board[board.first()].is_sacked;
  if (config.keep_sack_after_rto && !has_reneged) return;
  ++counters.renegings;
  if (is_watched()) {
    clock.trace().Note(entity, kNoteSackCleared,
                       absl::StrCat(board.sacked_bytes(), " bytes",
                                    has_reneged ? ", the first segment among them" : ""));
  }
  board.ClearSack();
}

const TraceLabel* SenderCore::WhyAfterTimeout(SackScoreboard::Index index) const {
  return board[index].begin == timeout_una ? &kResendAfterTimeout : &kResendInSlowStart;
}

}  // namespace tickwire::tcp
