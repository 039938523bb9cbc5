#include "protocols/tcp/fast_recovery.h"

#include <algorithm>

#include "protocols/tcp/sender_labels.h"

namespace tickwire::tcp {

void FastRecovery::Enter(const TraceLabel& why) {
  using State = SenderState;
  ++core_.counters.fast_recoveries;
  // RFC 3168 section 6.1.2: one reduction a window, be it for ECN-Echo or for loss.
  const bool is_reduced = core_.state == State::kCwr && core_.board.snd_una() < core_.recover;
  core_.recover = core_.board.snd_nxt();
  core_.OnReduction(/*is_timeout=*/false);
  const int64_t flight = core_.board.flight() - core_.limited_transmit_bytes;
  if (!is_reduced) {
    const int64_t ssthresh = congestion_.SsthreshAfterLoss(flight);
    if (sets_window()) core_.ssthresh = ssthresh;
  }
  core_.limited_transmit_bytes = 0;
  if (sets_window()) core_.cwnd = core_.ssthresh;
  prr_.Begin(core_.board.flight());
  is_forced_ = true;
  core_.SetState(State::kRecovery, why);
}

void FastRecovery::OnAck(int64_t delivered, int64_t pipe, bool advances, bool finds_losses) {
  using Bound = ProportionalRateReduction::Bound;
  if (!uses_prr()) return;
  // RFC 6937 section 3 recommends the slow-start bound; Linux takes it only while recovery makes
  // progress without new losses.
  Bound bound = Bound::kSlowStart;
  if (core_.config.profile == Profile::kLinux && (!advances || finds_losses)) {
    bound = Bound::kConservative;
  }
  core_.cwnd =
      std::max<int64_t>(prr_.OnAck(delivered, pipe, core_.ssthresh, core_.mss, bound), core_.mss);
}

void FastRecovery::Leave(int64_t window, const TraceLabel& why) {
  if (sets_window())
    core_.cwnd = std::max<int64_t>(uses_prr() ? core_.ssthresh : window, core_.mss);
  core_.dupacks = 0;
  is_forced_ = false;
  congestion_.OnRecovered();
  core_.SetState(SenderState::kOpen, why);
}

void FastRecovery::LeaveLoss() {
  core_.dupacks = 0;
  is_forced_ = false;
  congestion_.OnRecovered();
  core_.SetState(SenderState::kOpen, kWhyRecovered);
}

void FastRecovery::ReduceAgain() {
  const int64_t ssthresh = congestion_.SsthreshAfterLoss(core_.board.pipe());
  if (!sets_window()) return;
  core_.ssthresh = ssthresh;
  core_.cwnd = std::min(core_.cwnd, ssthresh);
}

void FastRecovery::ReduceForRepairedLoss(const TraceLabel& why) {
  ++core_.counters.fast_recoveries;
  core_.recover = core_.board.snd_nxt();
  core_.OnReduction(/*is_timeout=*/false);
  const int64_t ssthresh = congestion_.SsthreshAfterLoss(core_.cwnd);
  if (sets_window()) {
    core_.ssthresh = ssthresh;
    core_.cwnd = std::min(core_.cwnd, ssthresh);
  }
  core_.SetState(SenderState::kCwr, why);
}

}  // namespace tickwire::tcp
