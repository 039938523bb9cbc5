#include "sim_core/net/bernoulli_loss.h"

#include <utility>

namespace tickwire {
namespace {
constexpr TraceLabel kLabel{"loss", "random loss on the link (Bernoulli)"};
}  // namespace

const TraceLabel& BernoulliLoss::label() const { return kLabel; }

void BernoulliLoss::Apply(Transit transit, const Occasion&, Rng rng, TransitList& out) {
  if (!rng.Chance(probability_)) out.push_back(std::move(transit));
}

}  // namespace tickwire
