// NodeClock: a node's own view of time and the only way in which anything of it gets scheduled.
//
// Numbers what the node schedules, so that ties are broken the same way in every partitioning.
#ifndef TICKWIRE_SIM_CORE_EVENT_NODE_CLOCK_H_
#define TICKWIRE_SIM_CORE_EVENT_NODE_CLOCK_H_

#include <cstdint>

#include "sim_core/base/check.h"
#include "sim_core/event/event_loop.h"
#include "sim_core/trace/node_trace.h"

namespace tickwire {

class NodeClock {
 public:
  // Both must outlive this.
  NodeClock(NodeId node, EventLoop& loop, NodeTrace& trace)
      : loop_(loop), trace_(trace), node_(node) {}
  NodeClock(const NodeClock&) = delete;
  NodeClock& operator=(const NodeClock&) = delete;

  NodeId node() const { return node_; }
  SimTime now() const { return loop_.now(); }
  NodeTrace& trace() { return trace_; }

  // Runs `event` at `at`. REQUIRES: at >= now(); !event.is_queued().
  void Schedule(Event& event, SimTime at) { ScheduleWithKey(event, NextKey(node_, at)); }
  // REQUIRES: event.is_queued().
  void Cancel(Event& event) { loop_.queue().Remove(event); }

  // The key of one more thing scheduled by this node, for `target`. For links, whose events run at
  // the other end, and for timers, which fix their key before they enter the queue.
  EventKey NextKey(NodeId target, SimTime at) {
    TW_DCHECK(loop_.running() == node_ || loop_.running() == kScenarioNode);
    return {at, target, node_, ++sequence_};
  }
  // REQUIRES: key.target == node(); key.time >= now().
  void ScheduleWithKey(Event& event, const EventKey& key) {
    TW_DCHECK(key.target == node_ && key.time >= now());
    loop_.queue().Insert(key, event);
  }

 private:
  EventLoop& loop_;
  NodeTrace& trace_;
  NodeId node_;
  uint64_t sequence_ = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_EVENT_NODE_CLOCK_H_
