#include "protocols/tcp/rto_estimator.h"

#include <algorithm>

#include "sim_core/base/check.h"

namespace tickwire::tcp {
namespace {

constexpr Duration kMinimumWindow = Duration::Seconds(300);

Duration Absolute(Duration d) { return d < Duration() ? -d : d; }

}  // namespace

RtoEstimator::RtoEstimator(const TcpConfig& config)
    : config_(config), rto_(std::min(config.initial_rto, config.max_rto)) {}

void RtoEstimator::Observe(SimTime now, Duration rtt, int64_t samples_per_round_trip) {
  TW_DCHECK(rtt >= Duration() && samples_per_round_trip >= 1);
  if (!has_sample()) {  // Section 2.2.
    srtt_ = rtt;
    rttvar_ = rtt / 2;
  } else {  // Section 2.3: the deviation first, from the SRTT before this sample.
    rttvar_ += (Absolute(srtt_ - rtt) - rttvar_) / (4 * samples_per_round_trip);
    srtt_ += (rtt - srtt_) / (8 * samples_per_round_trip);
  }
  ObserveMinimum(now, rtt);
  EndBackOff();
}

void RtoEstimator::Reinitialise(SimTime now, Duration rtt, Duration srtt_before,
                                Duration rttvar_before) {
  srtt_ = std::max(srtt_before, rtt);
  rttvar_ = std::max(rttvar_before, rtt / 2);
  ObserveMinimum(now, rtt);
  EndBackOff();
}

void RtoEstimator::ObserveMinimum(SimTime now, Duration rtt) {
  if (now - window_start_ >= kMinimumWindow) {
    min_before_ = now - window_start_ < kMinimumWindow * 2 ? min_of_window_ : Duration::Infinite();
    min_of_window_ = rtt;
    window_start_ = now;
  }
  min_of_window_ = std::min(min_of_window_, rtt);
}

Duration RtoEstimator::min_rtt() const { return std::min(min_of_window_, min_before_); }

Duration RtoEstimator::Computed() const {
  if (config_.profile == Profile::kLinux) {
    // Linux puts its lower bound on the term of the variation, not on the sum.
    return std::min(srtt_ + std::max(config_.min_rto, rttvar_ * 4), config_.max_rto);
  }
  // Section 2.3, then 2.4 and 2.5.
  const Duration rto = srtt_ + std::max(config_.clock_granularity, rttvar_ * 4);
  return std::min(std::max(rto, config_.min_rto), config_.max_rto);
}

void RtoEstimator::BackOff() {
  ++backoffs_;
  rto_ = rto_ >= config_.max_rto / 2 ? config_.max_rto : rto_ * 2;
}

void RtoEstimator::RestartAfterLostSyn() {
  rto_ = std::min(config_.rto_after_lost_syn, config_.max_rto);
  backoffs_ = 0;
}

void RtoEstimator::EndBackOff() {
  if (has_sample()) {
    rto_ = Computed();
  } else if (backoffs_ > 0) {
    rto_ = std::min(config_.initial_rto, config_.max_rto);
  }
  backoffs_ = 0;
}

}  // namespace tickwire::tcp
