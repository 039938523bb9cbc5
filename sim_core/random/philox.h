// Philox4x32-10: a counter-based random function (Salmon et al., "Parallel random numbers: as easy
// as 1, 2, 3", SC 2011). The same counter and key give the same 128 bits on every machine.
#ifndef TICKWIRE_SIM_CORE_RANDOM_PHILOX_H_
#define TICKWIRE_SIM_CORE_RANDOM_PHILOX_H_

#include <array>
#include <cstdint>

namespace tickwire {

using PhiloxCounter = std::array<uint32_t, 4>;
using PhiloxKey = std::array<uint32_t, 2>;

constexpr PhiloxCounter Philox4x32(PhiloxCounter counter, PhiloxKey key) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = uint64_t{0xD2511F53} * counter[0];
    const uint64_t product1 = uint64_t{0xCD9E8D57} * counter[2];
    counter = {static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key[0],
               static_cast<uint32_t>(product1),
               static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key[1],
               static_cast<uint32_t>(product0)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_RANDOM_PHILOX_H_
