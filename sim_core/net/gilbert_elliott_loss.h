// GilbertElliottLoss: bursty loss from a two-state Markov chain (Gilbert 1960, Elliott 1963).
//
// Before each packet the chain may move; then the packet is lost with the probability of the state
// it is in. Starts in the good state. Mean burst: 1 / bad_to_good packets.
#ifndef TICKWIRE_SIM_CORE_NET_GILBERT_ELLIOTT_LOSS_H_
#define TICKWIRE_SIM_CORE_NET_GILBERT_ELLIOTT_LOSS_H_

#include "sim_core/base/ratio.h"
#include "sim_core/net/impairment.h"

namespace tickwire {

class GilbertElliottLoss : public Impairment {
 public:
  struct Parameters {
    Ratio good_to_bad;         // p
    Ratio bad_to_good;         // r
    Ratio loss_in_good{0, 1};  // 1 - k
    Ratio loss_in_bad{1, 1};   // 1 - h
  };
  explicit GilbertElliottLoss(const Parameters& parameters) : parameters_(parameters) {}
  const TraceLabel& label() const override;
  void Apply(Transit transit, const Occasion& occasion, Rng rng, TransitList& out) override;

 private:
  const Parameters parameters_;
  bool bad_ = false;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_GILBERT_ELLIOTT_LOSS_H_
