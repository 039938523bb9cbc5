// ListedLoss: loses just the packets that a scenario names: "the 3rd", "the 1st that matches",
// "all that match from t1 to t2". No randomness.
#ifndef TICKWIRE_SIM_CORE_NET_LISTED_LOSS_H_
#define TICKWIRE_SIM_CORE_NET_LISTED_LOSS_H_

#include <memory>
#include <vector>

#include "sim_core/net/impairment.h"
#include "sim_core/net/packet_matcher.h"

namespace tickwire {

class ListedLoss : public Impairment {
 public:
  struct Parameters {
    std::unique_ptr<PacketMatcher> matcher;  // null: every packet matches
    std::vector<uint64_t> ordinals;          // among the matching ones, from 1; empty: all of them
    SimTime from;                            // those that begin to leave in [from, until)
    SimTime until = SimTime::Infinite();
  };
  explicit ListedLoss(Parameters parameters);
  const TraceLabel& label() const override;
  void Apply(Transit transit, const Occasion& occasion, Rng rng, TransitList& out) override;

 private:
  bool IsNamed(const Packet& packet, SimTime begins);

  Parameters parameters_;  // ordinals sorted
  uint64_t matched_ = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_LISTED_LOSS_H_
