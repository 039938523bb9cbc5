// Partition: what a set of nodes shares and no other set sees: queue and time, buffers, and, when
// there are several, the trace records and the departing packets of the current window.
#ifndef TICKWIRE_SIM_CORE_RUN_PARTITION_H_
#define TICKWIRE_SIM_CORE_RUN_PARTITION_H_

#include <utility>
#include <vector>

#include "sim_core/event/event_loop.h"
#include "sim_core/net/interface.h"
#include "sim_core/packet/buffer_pool.h"
#include "sim_core/run/trace_buffer.h"

namespace tickwire {

struct Partition {
  BufferPool pool;  // first: packets in the rest return to it
  EventLoop loop;
  TraceBuffer trace{loop.now()};
  std::vector<std::pair<Interface*, Arrival>> outbox;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_RUN_PARTITION_H_
