#include "sim_core/net/jitter.h"

#include <algorithm>
#include <utility>

namespace tickwire {
namespace {
constexpr TraceLabel kLabel{"jitter", "random delay on the link"};
}  // namespace

const TraceLabel& Jitter::label() const { return kLabel; }

Duration Jitter::Draw(Rng& rng) const {
  const Parameters& p = parameters_;
  switch (p.shape) {
    case Shape::kUniform:
      return UniformDuration(rng, p.low, p.high);
    case Shape::kExponential:
      return ExponentialDuration(rng, p.mean);
    case Shape::kNormal:
      return NormalDuration(rng, p.mean, p.standard_deviation);
    case Shape::kPareto:
      return ParetoDuration(rng, p.mean, p.shape_thousandths);
    case Shape::kLognormal:
      return LognormalDuration(rng, p.mean, p.shape_thousandths);
    case Shape::kEmpirical:
      return EmpiricalDuration(rng, p.rows);
  }
  return Duration();
}

void Jitter::Apply(Transit transit, const Occasion& occasion, Rng rng, TransitList& out) {
  transit.extra_delay =
      SaturatingAdd(transit.extra_delay, std::min(Draw(rng), parameters_.maximum));
  if (parameters_.keep_order) {
    latest_ = std::max(latest_, SaturatingAdd(occasion.departure, transit.extra_delay));
    transit.extra_delay = latest_ - occasion.departure;
  }
  out.push_back(std::move(transit));
}

}  // namespace tickwire
