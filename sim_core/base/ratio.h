// A probability or share as an exact fraction; never a float.
#ifndef TICKWIRE_SIM_CORE_BASE_RATIO_H_
#define TICKWIRE_SIM_CORE_BASE_RATIO_H_

#include <cstdint>

namespace tickwire {

// REQUIRES: denominator > 0. As a probability: numerator <= denominator.
struct Ratio {
  uint32_t numerator = 0;
  uint32_t denominator = 1;
  bool operator==(const Ratio&) const = default;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_BASE_RATIO_H_
