#include "protocols/tcp/cubic_congestion.h"

#include <algorithm>

#include "protocols/tcp/reno_congestion.h"

namespace tickwire::tcp {
namespace {

constexpr int64_t kSecond = 1'000'000;  // microseconds

}  // namespace

uint64_t CubeRoot(Uint128 x) {
  uint64_t root = 0;
  for (int bit = 42; bit >= 0; --bit) {  // (2^42)^3 fits 126 bits
    const uint64_t candidate = root | (uint64_t{1} << bit);
    const Uint128 cube = static_cast<Uint128>(candidate) * candidate * candidate;
    if (candidate < (uint64_t{1} << 42) && cube <= x) root = candidate;
  }
  return root;
}

int64_t CubicCongestion::CubicWindow(int64_t micros) const {
  // 0.4 mss (t - K)^3; beyond 1000 s either way it makes no difference.
  const int64_t d = std::clamp<int64_t>(micros - epoch_.k_micros, -1000 * kSecond, 1000 * kSecond);
  const Int128 cube = static_cast<Int128>(d) * d * d;
  const Int128 growth =
      cube * (4 * int64_t{core_.mss}) / (10 * static_cast<Int128>(kSecond) * kSecond * kSecond);
  return static_cast<int64_t>(
      std::clamp<Int128>(epoch_.origin + growth, core_.mss, kInfiniteWindow));
}

int64_t CubicCongestion::FriendlyWindow(int64_t micros) const {
  // Section 4.2: what a Reno sender that reduced by the same beta would have:
  // 3 (1 - beta) / (1 + beta) = 9/17 segments a round trip.
  const int64_t rtt = std::max<int64_t>(core_.rto.srtt().nanos() / 1000, 1);
  const Int128 growth = static_cast<Int128>(micros) * 9 * core_.mss / (17 * rtt);
  return static_cast<int64_t>(std::min<Int128>(epoch_.base + growth, kInfiniteWindow));
}

void CubicCongestion::BeginEpoch(SimTime now) {
  epoch_.has_begun = true;
  epoch_.start = now;
  epoch_.base = core_.cwnd;
  remainder_ = 0;
  // Section 4.7: after a time-out, and where the window is beyond it already, from here.
  if (epoch_.is_after_timeout || epoch_.w_max <= core_.cwnd) {
    epoch_.origin = core_.cwnd;
    epoch_.k_micros = 0;
  } else {  // K^3 = (W_max - cwnd) / C
    epoch_.origin = epoch_.w_max;
    const Uint128 segments_cubed = static_cast<Uint128>(epoch_.w_max - core_.cwnd) * 10 * kSecond *
                                   kSecond * kSecond / (4 * uint64_t{core_.mss});
    epoch_.k_micros = static_cast<int64_t>(CubeRoot(segments_cubed));
  }
  epoch_.is_after_timeout = false;
}

void CubicCongestion::Grow(const AckSummary& ack) {
  if (core_.cwnd < core_.ssthresh) {
    core_.cwnd = std::min(core_.cwnd + SlowStartIncrease(core_, ack.acked_bytes), kInfiniteWindow);
    if (core_.config.hystart && hystart_.OnAck(ack, core_)) core_.ssthresh = core_.cwnd;
    return;
  }
  if (!epoch_.has_begun) {
    BeginEpoch(ack.now);
  } else if (ack.now - last_growth_ > core_.rto.rto()) {
    // The application paused: that time does not count (section 5.8).
    epoch_.start = epoch_.start + (ack.now - last_growth_);
  }
  last_growth_ = ack.now;
  const int64_t elapsed = (ack.now - epoch_.start).nanos() / 1000;
  const int64_t friendly = FriendlyWindow(elapsed);
  if (CubicWindow(elapsed) < friendly) {  // Section 4.2.
    core_.cwnd = std::max(core_.cwnd, friendly);
    return;
  }
  // Sections 4.3 and 4.4: a round trip from now the window is to be W_cubic(t + RTT).
  const int64_t rtt = core_.rto.srtt().nanos() / 1000;
  const int64_t target =
      std::clamp(CubicWindow(elapsed + rtt), core_.cwnd, core_.cwnd + core_.cwnd / 2);
  const Int128 share = static_cast<Int128>(target - core_.cwnd) * ack.acked_bytes + remainder_;
  remainder_ = static_cast<int64_t>(share % core_.cwnd);
  core_.cwnd = std::min(core_.cwnd + static_cast<int64_t>(share / core_.cwnd), kInfiniteWindow);
}

int64_t CubicCongestion::SsthreshAfterLoss(int64_t flight) {
  (void)flight;  // section 4.5 reduces the window
  before_ = epoch_;
  const int64_t cwnd = core_.cwnd;
  // Section 4.6, fast convergence: 1 + beta = 1.7.
  epoch_.w_max = cwnd < epoch_.w_last_max ? cwnd * 17 / 20 : cwnd;
  epoch_.w_last_max = cwnd;
  epoch_.has_begun = false;
  return std::max(cwnd * 7 / 10, 2 * int64_t{core_.mss});
}

void CubicCongestion::OnTimeout() {
  epoch_.has_begun = false;
  epoch_.is_after_timeout = true;
  hystart_ = HyStart();
}

void CubicCongestion::OnUndo() { epoch_ = before_; }

void CubicCongestion::OnIdleRestart() {
  epoch_.has_begun = false;
  hystart_ = HyStart();
}

}  // namespace tickwire::tcp
