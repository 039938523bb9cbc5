#include "protocols/tls/filler.h"

#include <array>

#include "protocols/tls/der.h"
#include "sim_core/random/philox.h"

namespace tickwire::tls {

void FillBytes(uint64_t seed, std::span<uint8_t> out) {
  const PhiloxKey key = {static_cast<uint32_t>(seed >> 32), static_cast<uint32_t>(seed)};
  for (size_t i = 0; i < out.size(); i += 16) {
    const PhiloxCounter block = Philox4x32({static_cast<uint32_t>(i / 16), 0, 0, 0}, key);
    for (size_t j = 0; j < 16 && i + j < out.size(); ++j) {
      out[i + j] = static_cast<uint8_t>(block[j / 4] >> (8 * (j % 4)));
    }
  }
}

std::vector<uint8_t> FillerSignature(uint64_t seed) {
  std::array<uint8_t, 64> numbers;
  FillBytes(seed, numbers);
  // Positive, and of full length.
  for (const size_t first : {0, 32}) {
    numbers[first] = static_cast<uint8_t>((numbers[first] & 0x7f) | 0x40);
  }
  const std::span<const uint8_t> all = numbers;
  return der::Sequence({der::Integer(all.first(32)), der::Integer(all.subspan(32))});
}

}  // namespace tickwire::tls
