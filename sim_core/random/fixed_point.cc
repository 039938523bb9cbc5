#include "sim_core/random/fixed_point.h"

#include <bit>
#include <limits>

#include "sim_core/base/check.h"
#include "sim_core/base/int128.h"

namespace tickwire {

Q32 NegativeLog2OfFraction(uint64_t x) {
  TW_DCHECK(x > 0);
  const int leading = std::countl_zero(x);
  // Mantissa in [1, 2) with 63 fractional bits; log2 of it bit by bit, by squaring.
  uint64_t mantissa = x << leading;
  uint64_t fraction = 0;
  for (int bit = 0; bit < 32; ++bit) {
    const Uint128 square = static_cast<Uint128>(mantissa) * mantissa;
    // square has 126 fractional bits; >= 2 means the next bit of the logarithm is one.
    fraction <<= 1;
    if (square >> 127) {
      fraction |= 1;
      mantissa = static_cast<uint64_t>(square >> 64);
    } else {
      mantissa = static_cast<uint64_t>(square >> 63);
    }
  }
  return (Q32{leading} + 1) * kQ32One - static_cast<Q32>(fraction);
}

Q32 NegativeLnOfFraction(uint64_t x) { return MultiplyQ32(NegativeLog2OfFraction(x), kQ32Ln2); }

Q32 Exp2(Q32 x) {
  const int64_t whole = x >> 32;
  if (whole >= 31) return std::numeric_limits<Q32>::max();
  if (whole < -32) return 0;
  // 2^f for f in [0, 1) as e^(f ln 2): the Taylor series in Q62 stops mattering after 20 terms.
  const Int128 y = static_cast<Int128>(x & (kQ32One - 1)) * kQ32Ln2 >> 2;  // Q62
  Int128 term = static_cast<Int128>(1) << 62;
  Int128 sum = term;
  for (int n = 1; n <= 20; ++n) {
    term = (term * y >> 62) / n;
    sum += term;
  }
  // sum is Q62 in [1, 2).
  return static_cast<Q32>(sum >> (30 - whole));
}

Q32 SqrtQ32(Q32 x) {
  TW_DCHECK(x >= 0);
  // sqrt(x / 2^32) * 2^32 = sqrt(x * 2^32): integer square root of up to 95 bits, bit by bit.
  Uint128 rest = static_cast<Uint128>(x) << 32;
  Uint128 root = 0;
  for (Uint128 bit = static_cast<Uint128>(1) << 94; bit != 0; bit >>= 2) {
    if (rest >= root + bit) {
      rest -= root + bit;
      root = (root >> 1) + bit;
    } else {
      root >>= 1;
    }
  }
  return static_cast<Q32>(root);
}

}  // namespace tickwire
