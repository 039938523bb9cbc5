#include "sim_core/net/listed_loss.h"

#include <algorithm>
#include <utility>

namespace tickwire {
namespace {
constexpr TraceLabel kLabel{"listed_loss", "lost because the scenario names this packet"};
}  // namespace

ListedLoss::ListedLoss(Parameters parameters) : parameters_(std::move(parameters)) {
  std::sort(parameters_.ordinals.begin(), parameters_.ordinals.end());
}

const TraceLabel& ListedLoss::label() const { return kLabel; }

bool ListedLoss::IsNamed(const Packet& packet, SimTime begins) {
  if (begins < parameters_.from || begins >= parameters_.until) return false;
  if (parameters_.matcher != nullptr && !parameters_.matcher->Matches(packet)) return false;
  ++matched_;
  return parameters_.ordinals.empty() ||
         std::binary_search(parameters_.ordinals.begin(), parameters_.ordinals.end(), matched_);
}

void ListedLoss::Apply(Transit transit, const Occasion& occasion, Rng, TransitList& out) {
  if (!IsNamed(transit.packet, occasion.begins)) out.push_back(std::move(transit));
}

}  // namespace tickwire
