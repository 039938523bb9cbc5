// Impairment: one thing that a link direction does to packets: lose, delay, repeat, spoil.
//
// A link runs its list in order for every packet that it transmits. Each impairment draws from a
// stream of its own, from the branch of the packet's ordinal on that direction, so that neither a
// packet more or less nor another impairment changes its later decisions. Delay may only be added:
// a link's propagation delay stays the least that anything takes.
//
// Adding one: a pair of files, a test, and a line in topologies' impairment factory.
#ifndef TICKWIRE_SIM_CORE_NET_IMPAIRMENT_H_
#define TICKWIRE_SIM_CORE_NET_IMPAIRMENT_H_

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "sim_core/packet/packet.h"
#include "sim_core/random/rng.h"
#include "sim_core/time/sim_time.h"
#include "sim_core/trace/trace_label.h"

namespace tickwire {

struct Transit {
  Packet packet;
  Duration extra_delay;  // >= 0, beyond transmission and propagation
};
using TransitList = absl::InlinedVector<Transit, 2>;

// The circumstances of one packet on one link direction.
struct Occasion {
  SimTime begins;     // when its first bit leaves
  SimTime departure;  // when its last bit leaves
  uint64_t ordinal;   // counts packets transmitted on this direction, from 1
};

class Impairment {
 public:
  virtual ~Impairment() = default;
  // The cause in the trace of what it loses, and the name of its random stream.
  virtual const TraceLabel& label() const = 0;
  // Appends to `out` what becomes of the packet: nothing (lost), one or several transits. `rng` is
  // this impairment's branch for this packet.
  virtual void Apply(Transit transit, const Occasion& occasion, Rng rng, TransitList& out) = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_IMPAIRMENT_H_
