// Fixed-point functions for distributions: no libm, whose results differ between CPUs.
//
// Q32 is a signed number with 32 fractional bits. Every function is exact to about 2^-30 relative
// and gives the same bits everywhere.
#ifndef TICKWIRE_SIM_CORE_RANDOM_FIXED_POINT_H_
#define TICKWIRE_SIM_CORE_RANDOM_FIXED_POINT_H_

#include <cstdint>

#include "sim_core/base/int128.h"

namespace tickwire {

using Q32 = int64_t;
inline constexpr Q32 kQ32One = Q32{1} << 32;
inline constexpr Q32 kQ32Ln2 = 2977044472;  // round(ln 2 * 2^32)

// a * b, rounded towards minus infinity. The product must fit.
constexpr Q32 MultiplyQ32(Q32 a, Q32 b) {
  return static_cast<Q32>((static_cast<Int128>(a) * b) >> 32);
}

// -log2(x / 2^64) for x in [1, 2^64): in (0, 64].
Q32 NegativeLog2OfFraction(uint64_t x);
// -ln(x / 2^64).
Q32 NegativeLnOfFraction(uint64_t x);
// 2^x; saturates at the largest Q32 for x >= 31, 0 for x < -32.
Q32 Exp2(Q32 x);
// Square root of a non-negative Q32.
Q32 SqrtQ32(Q32 x);

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_RANDOM_FIXED_POINT_H_
