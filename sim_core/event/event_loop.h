// EventLoop: an EventQueue and the time it has reached. One per partition.
#ifndef TICKWIRE_SIM_CORE_EVENT_EVENT_LOOP_H_
#define TICKWIRE_SIM_CORE_EVENT_EVENT_LOOP_H_

#include <cstdint>

#include "sim_core/event/event_queue.h"
#include "sim_core/time/sim_time.h"

namespace tickwire {

class EventLoop {
 public:
  const SimTime& now() const { return now_; }
  EventQueue& queue() { return queue_; }

  // Runs all events before `end`, or at most `limit` of them; returns how many ran. Leaves now() at
  // the last event run.
  uint64_t RunBefore(SimTime end, uint64_t limit = ~uint64_t{0});
  // REQUIRES: no event is pending before `time`.
  void AdvanceTo(SimTime time);
  // The node whose handler runs now; kScenarioNode between events. Debug builds use it to catch a
  // handler that reaches into another node.
  NodeId running() const { return running_; }

 private:
  EventQueue queue_;
  SimTime now_;
  NodeId running_ = kScenarioNode;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_EVENT_EVENT_LOOP_H_
