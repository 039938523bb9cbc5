// Duplication: delivers some packets twice, the copy by a fixed delay later.
#ifndef TICKWIRE_SIM_CORE_NET_DUPLICATION_H_
#define TICKWIRE_SIM_CORE_NET_DUPLICATION_H_

#include "sim_core/base/ratio.h"
#include "sim_core/net/impairment.h"

namespace tickwire {

class Duplication : public Impairment {
 public:
  Duplication(Ratio probability, Duration delay) : probability_(probability), delay_(delay) {}
  const TraceLabel& label() const override;
  void Apply(Transit transit, const Occasion& occasion, Rng rng, TransitList& out) override;

 private:
  const Ratio probability_;
  const Duration delay_;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_DUPLICATION_H_
