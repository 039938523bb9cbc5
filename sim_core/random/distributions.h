// Distributions over an Rng, in integers and fixed point: equal bits everywhere.
//
// Durations are never negative; what a distribution would put below zero is zero.
#ifndef TICKWIRE_SIM_CORE_RANDOM_DISTRIBUTIONS_H_
#define TICKWIRE_SIM_CORE_RANDOM_DISTRIBUTIONS_H_

#include <span>

#include "sim_core/random/fixed_point.h"
#include "sim_core/random/rng.h"
#include "sim_core/time/sim_time.h"

namespace tickwire {

// In [low, high], each nanosecond alike. REQUIRES: low <= high.
Duration UniformDuration(Rng& rng, Duration low, Duration high);
Duration ExponentialDuration(Rng& rng, Duration mean);
// Standard normal; |result| < 7.
Q32 StandardNormal(Rng& rng);
Duration NormalDuration(Rng& rng, Duration mean, Duration standard_deviation);
// P(X > x) = (scale / x)^shape for x >= scale. `shape` in thousandths; REQUIRES: shape > 0.
Duration ParetoDuration(Rng& rng, Duration scale, int64_t shape_thousandths);
// exp(N(mu, sigma^2)) scaled so that the median is `median`; `sigma` in thousandths.
Duration LognormalDuration(Rng& rng, Duration median, int64_t sigma_thousandths);
// One row of an empirical table: values up to `value` have probability `cumulative` (of 2^32).
struct EmpiricalRow {
  Duration value;
  uint32_t cumulative;
};
// Linear between rows; the first row holds the least value. REQUIRES: rows not empty, both columns
// ascending.
Duration EmpiricalDuration(Rng& rng, std::span<const EmpiricalRow> rows);

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_RANDOM_DISTRIBUTIONS_H_
