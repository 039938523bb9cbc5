#include "sim_core/net/duplication.h"

#include <utility>

namespace tickwire {
namespace {
constexpr TraceLabel kLabel{"duplication", "the link delivers a second copy"};
}  // namespace

const TraceLabel& Duplication::label() const { return kLabel; }

void Duplication::Apply(Transit transit, const Occasion&, Rng rng, TransitList& out) {
  const bool twice = rng.Chance(probability_);
  Transit copy;
  if (twice) copy = {transit.packet.Clone(), SaturatingAdd(transit.extra_delay, delay_)};
  out.push_back(std::move(transit));
  if (twice) out.push_back(std::move(copy));
}

}  // namespace tickwire
