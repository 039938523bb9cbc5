#include "protocols/tcp/rack_recovery.h"

#include <algorithm>

#include "protocols/tcp/sender_labels.h"

namespace tickwire::tcp {

using State = SenderState;

RackRecovery::RackRecovery(SenderCore& core, CongestionControl& congestion, Actions& actions)
    : core_(core),
      actions_(actions),
      recovery_(core, congestion),
      has_sample_since_probe_(core.rto.has_sample()),
      reordering_timer_(core.clock, *this, kReorderingTimer, core.entity),
      probe_timer_(core.clock, *this, kProbeTimer, core.entity) {}

void RackRecovery::OnAck(const AckSummary& ack) {
  if (ack.rtt.has_value()) has_sample_since_probe_ = true;
  if (ack.advances()) wants_probe_timer_ = true;
  UpdateNewest(ack);
  ProcessProbeAck(ack);
  AdaptReorderingWindow(ack);
  const bool in_recovery = core_.state == State::kRecovery || core_.state == State::kLoss;
  if (in_recovery && core_.board.snd_una() >= core_.recover) OnExit();
  if (ack.advances() && core_.state != State::kRecovery) core_.limited_transmit_bytes = 0;
  core_.dupacks = core_.board.sacked_segments();
  DetectLosses();
  if (core_.state == State::kRecovery) {
    recovery_.OnAck(ack.delivered_bytes, core_.board.pipe(), ack.advances(), finds_losses_);
    // Section 9.3: without PRR a lost retransmission is a second indication of congestion.
    if (finds_resent_lost_ && !recovery_.uses_prr() && core_.board.snd_una() >= reduced_until_) {
      recovery_.ReduceAgain();
      reduced_until_ = core_.board.snd_nxt();
    }
    return;
  }
  EnterIfLost();
  if (core_.state == State::kRecovery) {
    recovery_.OnAck(ack.delivered_bytes, core_.board.pipe(), ack.advances(), /*finds_losses=*/true);
  }
}

void RackRecovery::UpdateNewest(const AckSummary& ack) {
  // Section 6.2 steps 2 and 3; TcpSender applied the checks of step 2.
  if (ack.newest.has_value()) {
    const AckSummary::Newest& newest = *ack.newest;
    rtt_ = newest.rtt;
    if (end_seq_ == 0 || newest.sent > xmit_ts_ ||
        (newest.sent == xmit_ts_ && newest.end > end_seq_)) {
      xmit_ts_ = newest.sent;
      end_seq_ = newest.end;
    }
  }
  if (ack.shows_reordering) reordering_seen_ = true;
}

void RackRecovery::AdaptReorderingWindow(const AckSummary& ack) {
  // Step 4.
  if (dsack_round_ != kNone && core_.board.snd_una() >= dsack_round_) dsack_round_ = kNone;
  if (dsack_round_ != kNone || !ack.dsack.has_value()) return;
  dsack_round_ = core_.board.snd_nxt();
  reo_wnd_mult_ = std::min(reo_wnd_mult_ + 1, 255);
  reo_wnd_persist_ = 16;
}

void RackRecovery::OnExit() {
  if (--reo_wnd_persist_ <= 0) reo_wnd_mult_ = 1;
  if (core_.state == State::kRecovery) {
    recovery_.Leave(core_.ssthresh, kWhyRecovered);
  } else {
    recovery_.LeaveLoss();
  }
}

Duration RackRecovery::reordering_window() const {
  if (!reordering_seen_) {
    if (core_.state == State::kRecovery || core_.state == State::kLoss) return Duration();
    if (core_.board.sacked_segments() >= core_.config.dupthresh) return Duration();
  }
  if (!core_.rto.has_sample()) return Duration();
  return std::min(core_.rto.min_rtt() * reo_wnd_mult_ / 4, core_.rto.srtt());
}

void RackRecovery::DetectLosses() {
  // Step 5.
  finds_losses_ = finds_resent_lost_ = false;
  reordering_deadline_ = SimTime();
  if (end_seq_ == 0) return;
  const SimTime now = core_.clock.now();
  const Duration wait = core_.board.MarkLostByTime(
      xmit_ts_, end_seq_, rtt_ + reordering_window(), now,
      [this](const SackScoreboard::Segment& segment) {
        finds_losses_ = true;
        if (segment.is_resent) finds_resent_lost_ = true;
        if (!core_.is_watched()) return;
        core_.NoteRange(segment.range(), segment.is_resent ? "lost again" : "lost");
      });
  if (wait > Duration()) reordering_deadline_ = now + wait;
}

void RackRecovery::EnterIfLost() {
  if (core_.state == State::kRecovery || core_.state == State::kLoss) return;
  if (finds_losses_) {
    ForgetProbe();  // Section 7.1.
    reduced_until_ = core_.board.snd_nxt();
    recovery_.Enter(kWhyRackLoss);
    return;
  }
  const bool has_holes = core_.board.sacked_bytes() > 0;
  if (core_.state == State::kOpen && has_holes) {
    core_.SetState(State::kDisorder, kWhyFirstSigns);
  } else if (core_.state == State::kDisorder && !has_holes) {
    core_.SetState(State::kOpen, kWhyHolesClosed);
  }
}

void RackRecovery::OnTimeout(SimTime sent_until) {
  ForgetProbe();
  core_.ClearSackAtTimeout();
  // Section 6.3. The state is kLoss: without reordering the window is zero. RACK.rtt before
  // anything was delivered: what the handshake took.
  const Duration rtt = end_seq_ == 0 ? core_.rto.srtt() : rtt_;
  core_.board.MarkLostByTimeout(std::min(sent_until, sent_until - rtt - reordering_window()));
  reordering_deadline_ = SimTime();
}

std::optional<LossRecovery::Choice> RackRecovery::Next() {
  const auto index = core_.board.NextLost();
  if (!index.has_value()) return std::nullopt;
  const bool is_after_timeout =
      core_.state == State::kLoss && core_.board[*index].begin == core_.timeout_una;
  return Choice{*index, is_after_timeout ? &kResendAfterTimeout : &kResendRack};
}

int64_t RackRecovery::Room() const {
  int64_t room = core_.cwnd - core_.board.pipe();
  const bool may_replace = core_.state == State::kRecovery || core_.state == State::kLoss ||
                           core_.config.limited_transmit;
  if (!may_replace) room -= core_.board.sacked_bytes();
  return room;
}

void RackRecovery::OnSent(SackScoreboard::Index index, bool is_resent) {
  const uint32_t bytes = core_.board[index].size;
  if (core_.state == State::kRecovery) {
    recovery_.OnSent(bytes);
  } else if (!is_resent && core_.dupacks > 0) {
    core_.limited_transmit_bytes += bytes;
  }
  if (!is_resent && !sends_probe_) wants_probe_timer_ = true;
}

// --- Timers (sections 7.2 and 8) ---

bool RackRecovery::SetTimers() {
  const bool wants = wants_probe_timer_;
  wants_probe_timer_ = false;
  if (reordering_deadline_ != SimTime()) {
    probe_timer_.Cancel();
    if (!reordering_timer_.is_set() || reordering_timer_.deadline() != reordering_deadline_) {
      reordering_timer_.Set(std::max(reordering_deadline_ - core_.clock.now(), Duration()));
    }
    return true;
  }
  reordering_timer_.Cancel();
  const bool may_probe = core_.config.tlp && core_.board.sacked_segments() == 0 &&
                         core_.board.lost_bytes() == 0 &&
                         (core_.state == State::kOpen || core_.state == State::kCwr ||
                          core_.state == State::kDisorder);
  if (!may_probe) {
    probe_timer_.Cancel();
    return false;
  }
  if (wants) probe_timer_.Set(ProbeTimeout());
  return probe_timer_.is_set();
}

void RackRecovery::StopTimers() {
  reordering_timer_.Cancel();
  probe_timer_.Cancel();
  reordering_deadline_ = SimTime();
  wants_probe_timer_ = false;
}

Duration RackRecovery::ProbeTimeout() const {
  Duration timeout = Duration::Seconds(1);
  if (core_.rto.has_sample()) {
    timeout = core_.rto.srtt() * 2;
    // TLP.max_ack_delay: as long as this end would delay one.
    if (core_.board.segment_count() == 1) timeout += core_.config.delayed_ack;
  }
  const Duration until_rto = core_.rto_deadline - core_.clock.now();
  return std::max(std::min(timeout, until_rto), Duration());
}

void RackRecovery::OnReorderingTimer() {
  DetectLosses();
  const bool was_in_recovery = core_.state == State::kRecovery || core_.state == State::kLoss;
  EnterIfLost();
  if (!was_in_recovery && core_.state == State::kRecovery) {
    recovery_.OnAck(0, core_.board.pipe(), /*advances=*/false, /*finds_losses=*/true);
  }
  actions_.SendAfterTimer();
}

void RackRecovery::OnProbeTimer() {
  // Section 7.3: one probe at a time, and a new RTT sample between two.
  if (probe_end_ == kNone && has_sample_since_probe_) {
    sends_probe_ = true;
    const Probe probe = actions_.SendProbe();
    sends_probe_ = false;
    if (probe != Probe::kNone) {
      probe_end_ = core_.board.snd_nxt();
      probe_is_resent_ = probe == Probe::kResent;
      has_sample_since_probe_ = false;
    }
  }
  actions_.RestartRetransmissionTimer();
}

void RackRecovery::ProcessProbeAck(const AckSummary& ack) {
  // Section 7.4.2.
  if (probe_end_ == kNone || core_.board.snd_una() < probe_end_) return;
  if (!probe_is_resent_) {
    ForgetProbe();
  } else if (ack.dsack.has_value() && ack.dsack->end == probe_end_) {
    ForgetProbe();  // Case 1: both copies arrived.
  } else if (core_.board.snd_una() > probe_end_) {
    ForgetProbe();
    if (core_.state == State::kOpen || core_.state == State::kDisorder) {
      recovery_.ReduceForRepairedLoss(kWhyProbeRepair);
    }
  } else if (ack.is_duplicate && !ack.event->has_sack_option) {
    ForgetProbe();  // Case 2.
  }
}

}  // namespace tickwire::tcp
