// Jitter: adds a random delay to each packet, from a distribution.
//
// With `keep_order`, a packet never overtakes its predecessor: it is held back to arrive no
// earlier. Without, packets overtake freely.
#ifndef TICKWIRE_SIM_CORE_NET_JITTER_H_
#define TICKWIRE_SIM_CORE_NET_JITTER_H_

#include <vector>

#include "sim_core/net/impairment.h"
#include "sim_core/random/distributions.h"

namespace tickwire {

class Jitter : public Impairment {
 public:
  enum class Shape { kUniform, kExponential, kNormal, kPareto, kLognormal, kEmpirical };
  struct Parameters {
    Shape shape = Shape::kUniform;
    Duration low, high;              // kUniform
    Duration mean;                   // kExponential, kNormal; kPareto: scale; kLognormal: median
    Duration standard_deviation;     // kNormal
    int64_t shape_thousandths = 0;   // kPareto: shape; kLognormal: sigma
    std::vector<EmpiricalRow> rows;  // kEmpirical
    Duration maximum = Duration::Infinite();  // draws above are cut to this
    bool keep_order = true;
  };
  explicit Jitter(Parameters parameters) : parameters_(std::move(parameters)) {}
  const TraceLabel& label() const override;
  void Apply(Transit transit, const Occasion& occasion, Rng rng, TransitList& out) override;

 private:
  Duration Draw(Rng& rng) const;

  const Parameters parameters_;
  SimTime latest_;  // departure + delay of the packet that arrives last so far
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_JITTER_H_
