// EventKey: the total order of everything that happens in a run.
//
// Keys are unique: (source, sequence) names one act of scheduling. The target comes before the
// source so that the sequential order of execution is the canonical order of the trace, however
// the nodes are partitioned (README.md of sim_core, "Event order").
#ifndef TICKWIRE_SIM_CORE_EVENT_EVENT_KEY_H_
#define TICKWIRE_SIM_CORE_EVENT_EVENT_KEY_H_

#include <compare>
#include <cstdint>

#include "sim_core/base/strong_alias.h"
#include "sim_core/time/sim_time.h"

namespace tickwire {

struct EventKey {
  SimTime time;
  NodeId target;          // the only node whose state the handler may touch
  NodeId source;          // the node that scheduled it
  uint64_t sequence = 0;  // counts events scheduled by `source`
  auto operator<=>(const EventKey&) const = default;
};
static_assert(sizeof(EventKey) == 24);

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_EVENT_EVENT_KEY_H_
