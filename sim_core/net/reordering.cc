#include "sim_core/net/reordering.h"

#include <utility>

namespace tickwire {
namespace {
constexpr TraceLabel kLabel{"reordering", "held back so that later packets overtake it"};
}  // namespace

const TraceLabel& Reordering::label() const { return kLabel; }

void Reordering::Apply(Transit transit, const Occasion&, Rng rng, TransitList& out) {
  if (rng.Chance(probability_)) {
    transit.extra_delay = SaturatingAdd(transit.extra_delay, delay_);
  }
  out.push_back(std::move(transit));
}

}  // namespace tickwire
