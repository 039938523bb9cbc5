#include "protocols/tcp/bbr_congestion.h"

#include <algorithm>

#include "sim_core/base/int128.h"

namespace tickwire::tcp {
namespace {

constexpr int64_t kHighGain = 2885;  // 2 / ln 2
constexpr int64_t kDrainGain = 347;  // its inverse
constexpr int64_t kWindowGain = 2000;
constexpr std::array<int64_t, 8> kCycle = {1250, 750, 1000, 1000, 1000, 1000, 1000, 1000};
constexpr Duration kRtPropWindow = Duration::Seconds(10);
constexpr Duration kProbeRttTime = Duration::Millis(200);
constexpr int64_t kLeastSegments = 4;

int64_t PerSecond(int64_t bytes, Duration interval) {
  return static_cast<int64_t>(static_cast<Int128>(bytes) * 1'000'000'000 / interval.nanos());
}
int64_t Scale(int64_t value, int64_t thousandths) {
  return static_cast<int64_t>(static_cast<Int128>(value) * thousandths / 1000);
}

}  // namespace

BbrCongestion::BbrCongestion(SenderCore& core)
    : core_(core),
      delivered_time_(core.clock.now()),
      first_sent_time_(core.clock.now()),
      rt_prop_time_(core.clock.now()),
      pacing_gain_(kHighGain),
      cwnd_gain_(kHighGain) {
  if (core.rto.has_sample()) rt_prop_ = core.rto.srtt();
  // Before anything is known: the initial window in the handshake's RTT, or in 1 ms.
  const Duration rtt =
      core.rto.has_sample() && core.rto.srtt() > Duration() ? core.rto.srtt() : Duration::Millis(1);
  pacing_rate_ = std::max<int64_t>(Scale(PerSecond(core.cwnd, rtt), kHighGain), 1);
}

int64_t BbrCongestion::bandwidth() const {
  return *std::max_element(bandwidths_.begin(), bandwidths_.end());
}

// --- Rate samples ---

void BbrCongestion::OnSent(SackScoreboard::Index index) {
  const SimTime now = core_.clock.now();
  if (core_.board.pipe() <= core_.board[index].size) first_sent_time_ = delivered_time_ = now;
  core_.board.delivery_state(index) = {.delivered = delivered(),
                                       .delivered_time = delivered_time_,
                                       .first_sent_time = first_sent_time_,
                                       .is_app_limited = app_limited_until_ != 0};
}

void BbrCongestion::OnDelivered(SackScoreboard::Index index,
                                const SackScoreboard::Segment& segment) {
  const SackScoreboard::DeliveryState& state = core_.board.delivery_state(index);
  if (has_newest_ && (state.delivered < newest_.delivered ||
                      (state.delivered == newest_.delivered && segment.last_sent < newest_sent_))) {
    return;
  }
  newest_ = state;
  newest_sent_ = segment.last_sent;
  has_newest_ = true;
}

void BbrCongestion::OnApplicationLimited() {
  app_limited_until_ = std::max<int64_t>(delivered() + core_.board.pipe(), 1);
}

BbrCongestion::RateSample BbrCongestion::TakeRateSample(const AckSummary& ack) {
  if (ack.delivered_bytes > 0) delivered_time_ = ack.now;
  if (app_limited_until_ != 0 && delivered() > app_limited_until_) app_limited_until_ = 0;
  if (!has_newest_) return {};
  first_sent_time_ = newest_sent_;
  const Duration send_elapsed = newest_sent_ - newest_.first_sent_time;
  const Duration ack_elapsed = delivered_time_ - newest_.delivered_time;
  const Duration interval = std::max(send_elapsed, ack_elapsed);
  // Shorter than any round trip: the ACKs came compressed.
  if (interval <= Duration() || (core_.rto.has_sample() && interval < core_.rto.min_rtt())) {
    return {};
  }
  return {PerSecond(delivered() - newest_.delivered, interval), newest_.is_app_limited};
}

// --- The model of the path ---

void BbrCongestion::UpdateRound() {
  is_round_start_ = has_newest_ && newest_.delivered >= next_round_delivered_;
  if (!is_round_start_) return;
  next_round_delivered_ = delivered();
  ++round_count_;
  bandwidths_[static_cast<size_t>(round_count_ % kBandwidthRounds)] = 0;
}

void BbrCongestion::UpdateBandwidth(const RateSample& sample) {
  if (sample.bytes_per_second < bandwidth() && sample.is_app_limited) return;
  int64_t& slot = bandwidths_[static_cast<size_t>(round_count_ % kBandwidthRounds)];
  slot = std::max(slot, sample.bytes_per_second);
}

void BbrCongestion::UpdateRtProp(const AckSummary& ack) {
  rt_prop_expired_ = ack.now > rt_prop_time_ + kRtPropWindow;
  if (!ack.rtt.has_value()) return;
  if (*ack.rtt <= rt_prop_ || rt_prop_expired_) {
    rt_prop_ = *ack.rtt;
    rt_prop_time_ = ack.now;
  }
}

int64_t BbrCongestion::InFlightTarget(int64_t gain_thousandths) const {
  if (rt_prop_ == Duration::Infinite() || bandwidth() == 0) return core_.initial_window();
  const Int128 product = static_cast<Int128>(bandwidth()) * rt_prop_.nanos() / 1'000'000'000;
  const auto bdp = static_cast<int64_t>(std::min<Int128>(product, kInfiniteWindow));
  return Scale(bdp, gain_thousandths) + 3 * int64_t{core_.mss};
}

// --- The state machine ---

void BbrCongestion::OnAck(const AckSummary& ack) {
  const RateSample sample = TakeRateSample(ack);
  UpdateRound();
  if (sample.bytes_per_second > 0) UpdateBandwidth(sample);
  CheckCyclePhase(ack);
  CheckFullPipe(sample);
  CheckDrain(ack);
  UpdateRtProp(ack);
  CheckProbeRtt(ack);
  SetPacingRate();
  SetWindow(ack);
  has_newest_ = false;
  saw_loss_ = false;
}

void BbrCongestion::CheckFullPipe(const RateSample& sample) {
  if (filled_pipe_ || !is_round_start_ || sample.is_app_limited) return;
  if (bandwidth() >= Scale(full_bandwidth_, 1250)) {
    full_bandwidth_ = bandwidth();
    full_bandwidth_count_ = 0;
    return;
  }
  // Three rounds without a quarter more.
  if (++full_bandwidth_count_ >= 3) filled_pipe_ = true;
}

void BbrCongestion::CheckDrain(const AckSummary& ack) {
  if (mode_ == Mode::kStartup && filled_pipe_) {
    mode_ = Mode::kDrain;
    pacing_gain_ = kDrainGain;
    cwnd_gain_ = kHighGain;
  }
  if (mode_ == Mode::kDrain && core_.board.pipe() <= InFlightTarget(1000)) EnterProbeBw(ack.now);
}

void BbrCongestion::EnterProbeBw(SimTime now) {
  mode_ = Mode::kProbeBw;
  cwnd_gain_ = kWindowGain;
  // Any phase but the one that drains.
  cycle_index_ = 7 - static_cast<int>(core_.entity.name_hash % 7);
  AdvanceCyclePhase(now);
}

void BbrCongestion::AdvanceCyclePhase(SimTime now) {
  cycle_start_ = now;
  cycle_index_ = (cycle_index_ + 1) % static_cast<int>(kCycle.size());
  pacing_gain_ = kCycle[static_cast<size_t>(cycle_index_)];
}

void BbrCongestion::CheckCyclePhase(const AckSummary& ack) {
  if (mode_ != Mode::kProbeBw) return;
  const bool is_full_length = ack.now - cycle_start_ > rt_prop_;
  bool is_over = is_full_length;
  if (pacing_gain_ > 1000) {  // until the losses or the extra queue show
    is_over = is_full_length && (saw_loss_ || ack.prior_pipe >= InFlightTarget(pacing_gain_));
  } else if (pacing_gain_ < 1000) {  // until that queue is gone
    is_over = is_full_length || ack.prior_pipe <= InFlightTarget(1000);
  }
  if (is_over) AdvanceCyclePhase(ack.now);
}

void BbrCongestion::CheckProbeRtt(const AckSummary& ack) {
  if (mode_ != Mode::kProbeRtt && rt_prop_expired_) {
    mode_ = Mode::kProbeRtt;
    pacing_gain_ = cwnd_gain_ = 1000;
    prior_cwnd_ = std::max(prior_cwnd_, core_.cwnd);
    probe_rtt_done_ = SimTime();
  }
  if (mode_ != Mode::kProbeRtt) return;
  OnApplicationLimited();  // the rate of this time says nothing
  if (probe_rtt_done_ == SimTime()) {
    if (core_.board.pipe() > kLeastSegments * core_.mss) return;
    probe_rtt_done_ = ack.now + kProbeRttTime;
    probe_rtt_round_done_ = false;
    next_round_delivered_ = delivered();
    return;
  }
  if (is_round_start_) probe_rtt_round_done_ = true;
  if (!probe_rtt_round_done_ || ack.now <= probe_rtt_done_) return;
  rt_prop_time_ = ack.now;
  core_.cwnd = std::max(core_.cwnd, prior_cwnd_);
  prior_cwnd_ = 0;
  if (filled_pipe_) {
    EnterProbeBw(ack.now);
  } else {
    mode_ = Mode::kStartup;
    pacing_gain_ = cwnd_gain_ = kHighGain;
  }
}

// --- Control ---

void BbrCongestion::SetPacingRate() {
  if (bandwidth() == 0) return;
  const int64_t rate = Scale(bandwidth(), pacing_gain_);
  if (filled_pipe_ || rate > pacing_rate_) pacing_rate_ = std::max<int64_t>(rate, 1);
}

void BbrCongestion::SetWindow(const AckSummary& ack) {
  const bool in_recovery =
      core_.state == SenderState::kRecovery || core_.state == SenderState::kLoss;
  if (is_round_start_) conserves_packets_ = false;
  const int64_t target = InFlightTarget(cwnd_gain_);
  if (in_recovery && conserves_packets_) {
    core_.cwnd = std::max(core_.cwnd, core_.board.pipe() + ack.delivered_bytes);
  } else if (filled_pipe_) {
    core_.cwnd = std::min(core_.cwnd + ack.delivered_bytes, target);
  } else if (core_.cwnd < target || delivered() < core_.initial_window()) {
    core_.cwnd += ack.delivered_bytes;
  }
  core_.cwnd = std::clamp(core_.cwnd, kLeastSegments * core_.mss, kInfiniteWindow);
  if (mode_ == Mode::kProbeRtt) core_.cwnd = kLeastSegments * core_.mss;
}

int64_t BbrCongestion::SsthreshAfterLoss(int64_t flight) {
  (void)flight;
  saw_loss_ = true;
  prior_cwnd_ = std::max(prior_cwnd_, core_.cwnd);
  conserves_packets_ = true;
  next_round_delivered_ = delivered();
  core_.cwnd = std::max<int64_t>(core_.board.pipe() + core_.mss, core_.mss);
  return core_.ssthresh;
}

void BbrCongestion::OnTimeout() {
  prior_cwnd_ = std::max(prior_cwnd_, core_.cwnd);
  core_.cwnd = core_.mss;
}

void BbrCongestion::OnRecovered() {
  conserves_packets_ = false;
  if (mode_ == Mode::kProbeRtt) return;
  core_.cwnd = std::max(core_.cwnd, prior_cwnd_);
  prior_cwnd_ = 0;
}

}  // namespace tickwire::tcp
