// Corruption: flips bits of some packets and marks them as spoiled on purpose.
//
// The bits are distinct and anywhere in the stored bytes: headers or payload, never the virtual
// tail. What becomes of the packet is up to the receiver's checksums.
#ifndef TICKWIRE_SIM_CORE_NET_CORRUPTION_H_
#define TICKWIRE_SIM_CORE_NET_CORRUPTION_H_

#include "sim_core/base/ratio.h"
#include "sim_core/net/impairment.h"

namespace tickwire {

class Corruption : public Impairment {
 public:
  // `bits` at least 1: how many bits of a chosen packet are flipped.
  Corruption(Ratio probability, int bits) : probability_(probability), bits_(bits) {}
  const TraceLabel& label() const override;
  void Apply(Transit transit, const Occasion& occasion, Rng rng, TransitList& out) override;

 private:
  const Ratio probability_;
  const int bits_;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_CORRUPTION_H_
