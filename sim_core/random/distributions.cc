#include "sim_core/random/distributions.h"

#include <algorithm>
#include <limits>

#include "sim_core/base/check.h"
#include "sim_core/base/int128.h"

namespace tickwire {
namespace {

// Never zero, so that its logarithm exists.
uint64_t NonZero(Rng& rng) { return rng.Next64() | 1; }

// nanos * q, clamped to what a Duration holds.
Duration Scale(Duration duration, Q32 q) {
  const Int128 product = static_cast<Int128>(duration.nanos()) * q >> 32;
  constexpr Int128 kMost = std::numeric_limits<int64_t>::max() / 4;
  return Duration::Nanos(static_cast<int64_t>(std::clamp<Int128>(product, 0, kMost)));
}

}  // namespace

Duration UniformDuration(Rng& rng, Duration low, Duration high) {
  TW_DCHECK(low <= high);
  return low + Duration::Nanos(static_cast<int64_t>(rng.Below((high - low).nanos() + 1)));
}

Duration ExponentialDuration(Rng& rng, Duration mean) {
  return Scale(mean, NegativeLnOfFraction(NonZero(rng)));
}

Q32 StandardNormal(Rng& rng) {
  // Marsaglia's polar method: a point in the unit disc; its radius and angle are independent.
  while (true) {
    const int64_t u = static_cast<int64_t>(rng.Next64()) >> 31;  // Q32 in [-1, 1)
    const int64_t v = static_cast<int64_t>(rng.Next64()) >> 31;
    const Q32 s = MultiplyQ32(u, u) + MultiplyQ32(v, v);
    if (s >= kQ32One || s == 0) continue;
    const Q32 minus_two_ln_s = 2 * NegativeLnOfFraction(static_cast<uint64_t>(s) << 32);
    const Q32 ratio = static_cast<Q32>((static_cast<Int128>(minus_two_ln_s) << 32) / s);
    return MultiplyQ32(u, SqrtQ32(ratio));
  }
}

Duration NormalDuration(Rng& rng, Duration mean, Duration standard_deviation) {
  const Int128 offset = static_cast<Int128>(standard_deviation.nanos()) * StandardNormal(rng) >> 32;
  return std::max(Duration(), mean + Duration::Nanos(static_cast<int64_t>(offset)));
}

Duration ParetoDuration(Rng& rng, Duration scale, int64_t shape_thousandths) {
  TW_DCHECK(shape_thousandths > 0);
  // Inverse of the distribution function: scale * U^(-1/shape) = scale * 2^(-log2(U) / shape).
  const Q32 exponent = NegativeLog2OfFraction(NonZero(rng)) * 1000 / shape_thousandths;
  return Scale(scale, Exp2(exponent));
}

Duration LognormalDuration(Rng& rng, Duration median, int64_t sigma_thousandths) {
  constexpr Q32 kLog2E = 6196328019;  // round(2^32 / ln 2)
  const Q32 sigma_n = StandardNormal(rng) * sigma_thousandths / 1000;
  return Scale(median, Exp2(MultiplyQ32(sigma_n, kLog2E)));
}

Duration EmpiricalDuration(Rng& rng, std::span<const EmpiricalRow> rows) {
  TW_DCHECK(!rows.empty());
  const uint32_t u = static_cast<uint32_t>(rng.Next64() >> 32);
  const auto row =
      std::lower_bound(rows.begin(), rows.end(), u,
                       [](const EmpiricalRow& r, uint32_t value) { return r.cumulative < value; });
  if (row == rows.begin()) return row->value;
  if (row == rows.end()) return rows.back().value;
  const EmpiricalRow& below = *(row - 1);
  const Int128 span = (row->value - below.value).nanos();
  return below.value + Duration::Nanos(static_cast<int64_t>(span * (u - below.cumulative) /
                                                            (row->cumulative - below.cumulative)));
}

}  // namespace tickwire
