#include "sim_core/net/gilbert_elliott_loss.h"

#include <utility>

namespace tickwire {
namespace {
constexpr TraceLabel kLabel{"burst_loss", "bursty loss on the link (Gilbert-Elliott)"};
}  // namespace

const TraceLabel& GilbertElliottLoss::label() const { return kLabel; }

void GilbertElliottLoss::Apply(Transit transit, const Occasion&, Rng rng, TransitList& out) {
  const bool moves = rng.Chance(bad_ ? parameters_.bad_to_good : parameters_.good_to_bad);
  if (moves) bad_ = !bad_;
  const bool lost = rng.Chance(bad_ ? parameters_.loss_in_bad : parameters_.loss_in_good);
  if (!lost) out.push_back(std::move(transit));
}

}  // namespace tickwire
