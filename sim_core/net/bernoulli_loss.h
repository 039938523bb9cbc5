// BernoulliLoss: loses each packet with the same probability, independently.
#ifndef TICKWIRE_SIM_CORE_NET_BERNOULLI_LOSS_H_
#define TICKWIRE_SIM_CORE_NET_BERNOULLI_LOSS_H_

#include "sim_core/base/ratio.h"
#include "sim_core/net/impairment.h"

namespace tickwire {

class BernoulliLoss : public Impairment {
 public:
  // REQUIRES: probability is at most one.
  explicit BernoulliLoss(Ratio probability) : probability_(probability) {}
  const TraceLabel& label() const override;
  void Apply(Transit transit, const Occasion& occasion, Rng rng, TransitList& out) override;

 private:
  const Ratio probability_;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_BERNOULLI_LOSS_H_
