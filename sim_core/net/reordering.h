// Reordering: holds back some packets by a fixed delay, so that later ones overtake them.
#ifndef TICKWIRE_SIM_CORE_NET_REORDERING_H_
#define TICKWIRE_SIM_CORE_NET_REORDERING_H_

#include "sim_core/base/ratio.h"
#include "sim_core/net/impairment.h"

namespace tickwire {

class Reordering : public Impairment {
 public:
  Reordering(Ratio probability, Duration delay) : probability_(probability), delay_(delay) {}
  const TraceLabel& label() const override;
  void Apply(Transit transit, const Occasion& occasion, Rng rng, TransitList& out) override;

 private:
  const Ratio probability_;
  const Duration delay_;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_REORDERING_H_
