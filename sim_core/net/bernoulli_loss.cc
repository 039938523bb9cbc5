#include "sim_core/net/bernoulli_loss.h"

#include <utility>

namespace tickwire {
namespace {
constexpr TraceLabel kLabel{"random_loss",
                            "each packet is lost with the same probability (Bernoulli)"};
}  // namespace

const TraceLabel& BernoulliLoss::label() const { return kLabel; }

void BernoulliLoss::Apply(Transit transit, const Occasion&, Rng rng, TransitList& out) {
  if (!rng.Chance(probability_)) out.push_back(std::move(transit));
}

}  // namespace tickwire
