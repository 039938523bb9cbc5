#include "sim_core/net/corruption.h"

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"

namespace tickwire {
namespace {
constexpr TraceLabel kLabel{"bit_corruption", "the link flips bits"};
}  // namespace

const TraceLabel& Corruption::label() const { return kLabel; }

void Corruption::Apply(Transit transit, const Occasion&, Rng rng, TransitList& out) {
  if (rng.Chance(probability_) && !transit.packet.bytes().empty()) {
    const std::span<uint8_t> bytes = transit.packet.mutable_bytes();
    absl::InlinedVector<uint64_t, 8> flipped;
    while (static_cast<int>(flipped.size()) < std::min<int64_t>(bits_, bytes.size() * 8)) {
      const uint64_t bit = rng.Below(bytes.size() * 8);
      if (std::find(flipped.begin(), flipped.end(), bit) != flipped.end()) continue;
      flipped.push_back(bit);
      bytes[bit / 8] ^= static_cast<uint8_t>(0x80 >> (bit % 8));
    }
    transit.packet.set_spoiled(&kLabel);
  }
  out.push_back(std::move(transit));
}

}  // namespace tickwire
