#include "protocols/sctp/path/rto.h"

#include <algorithm>

namespace tickwire::sctp {
namespace {

constexpr Duration kGranularity = Duration::Millis(1);  // G of rule G1

}  // namespace

Duration Rto::Clamp(Duration rto) const { return std::clamp(rto, min_, std::max(min_, max_)); }

void Rto::Observe(Duration rtt) {
  if (!has_sample_) {  // C2
    has_sample_ = true;
    srtt_ = rtt;
    rttvar_ = rtt / 2;
  } else {  // C3, with alpha 1/8 and beta 1/4
    const Duration error = srtt_ > rtt ? srtt_ - rtt : rtt - srtt_;
    rttvar_ = rttvar_ - rttvar_ / 4 + error / 4;
    srtt_ = srtt_ - srtt_ / 8 + rtt / 8;
  }
  if (rttvar_ == Duration()) rttvar_ = kGranularity;  // G1
  rto_ = Clamp(srtt_ + 4 * rttvar_);
}

void Rto::BackOff() { rto_ = Clamp(2 * rto_); }

void Rto::set_bounds(Duration min, Duration max) {
  min_ = min;
  max_ = max;
  rto_ = Clamp(rto_);
}

}  // namespace tickwire::sctp
