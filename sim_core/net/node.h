// Node: everything that one machine has: its clock, random streams, trace, buffers, interfaces.
//
// Nothing is global: two simulators live in one process, and a node is passed to whatever runs on
// it.
#ifndef TICKWIRE_SIM_CORE_NET_NODE_H_
#define TICKWIRE_SIM_CORE_NET_NODE_H_

#include <deque>
#include <string>

#include "absl/strings/string_view.h"
#include "sim_core/event/node_clock.h"
#include "sim_core/net/interface.h"
#include "sim_core/packet/packet.h"
#include "sim_core/random/rng.h"
#include "sim_core/trace/node_trace.h"

namespace tickwire {

class Node {
 public:
  // The loop and the pool belong to the node's partition and outlive it.
  Node(NodeId id, absl::string_view name, const RunSeed& run, EventLoop& loop, BufferPool& pool)
      : run_(run), pool_(pool), trace_(id, name, loop.now()), clock_(id, loop, trace_) {}
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  NodeId id() const { return trace_.node(); }
  const std::string& name() const { return trace_.node_name(); }
  NodeClock& clock() { return clock_; }
  NodeTrace& trace() { return trace_; }
  const NodeTrace& trace() const { return trace_; }
  BufferPool& pool() { return pool_; }
  const RunSeed& run_seed() const { return run_; }
  // The node's stream for `purpose`, from its beginning: ask once and keep it.
  Rng Stream(absl::string_view purpose) const { return Rng::ForStream(run_, name(), purpose); }
  // With room for `size` bytes of payload and the headers below.
  Packet NewPacket(size_t size) { return Packet::Allocate(pool_, Packet::kHeadroom, size); }

  Interface& AddInterface(absl::string_view name) {
    return interfaces_.emplace_back(*this, std::string(name), static_cast<int>(interfaces_.size()));
  }
  std::deque<Interface>& interfaces() { return interfaces_; }

 private:
  const RunSeed run_;
  BufferPool& pool_;
  NodeTrace trace_;
  NodeClock clock_;
  std::deque<Interface> interfaces_;  // references stay valid
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_NODE_H_
