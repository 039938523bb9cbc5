// Simulator: the nodes of one run, their links, and the loop that moves their time.
//
// Nodes are divided into partitions with a queue, a clock and buffers each; by default there is
// one. Whatever the division, every node executes the same events in the same order and the trace
// comes out the same, record for record (README.md of sim_core, "Event order"). All partitions run
// on the calling thread; nothing is shared between them but the packets handed over at the end of
// each window.
#ifndef TICKWIRE_SIM_CORE_RUN_SIMULATOR_H_
#define TICKWIRE_SIM_CORE_RUN_SIMULATOR_H_

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "sim_core/net/link.h"
#include "sim_core/net/node.h"
#include "sim_core/run/partition.h"
#include "sim_core/trace/digest.h"
#include "sim_core/trace/trace_sink.h"

namespace tickwire {

enum class StopReason { kEndTime, kPredicate, kNoMoreEvents, kEventLimit, kInterrupted };

class Simulator {
 public:
  struct Options {
    RunSeed run;
    // Unique, in any order; ids follow byte order.
    std::vector<std::string> nodes;
    // Names of the nodes of each partition; nodes not named are in the first. Empty: one partition.
    std::vector<std::vector<std::string>> partitions;
    // The order in which partitions run within a window, drawn from this seed; 0: as listed. It
    // must not matter; tests vary it.
    uint64_t window_order_seed = 0;
    TraceSink* sink = nullptr;  // may be null; outlives the simulator
    uint64_t event_limit = ~uint64_t{0};
  };
  explicit Simulator(Options options);
  ~Simulator();

  // REQUIRES: the name was given in the options.
  Node& node(absl::string_view name);
  Node* FindNode(absl::string_view name);
  std::deque<Node>& nodes() { return nodes_; }  // by id: nodes()[i] has NodeId i + 1

  // A wire of two directions. Its name is made of the ends' names.
  void Connect(Interface& a, Interface& b, LinkConfig a_to_b, LinkConfig b_to_a);
  const std::deque<Link>& links() const { return links_; }

  // A timeline action of the scenario: runs at `at` on `target`, whose state alone it may touch.
  // Actions for one node at one time run in the order of these calls.
  void ScheduleAction(SimTime at, Node& target, std::function<void()> action);

  // Runs every event up to and including `end`.
  StopReason RunUntil(SimTime end);
  // Likewise, but stops when `done` holds, tested at multiples of `check_every` only.
  StopReason RunUntil(absl::FunctionRef<bool()> done, Duration check_every, SimTime end);

  // Called every few thousand events, between events, with nothing half done; false stops the run
  // (kInterrupted). For progress and Ctrl-C; must not touch the run.
  void set_watch(std::function<bool()> watch) { watch_ = std::move(watch); }

  // The time reached; inside a watch, that of the partition that runs.
  SimTime now() const;
  // Of the earliest event that is pending; infinite if none is. For drivers that go step by step.
  SimTime NextEventTime();
  uint64_t events() const { return events_; }
  // Over the list (node name, number of records, node digest) in byte order of the names.
  Digest digest() const;
  // The least delay of any link between partitions; infinite if there is none.
  Duration lookahead() const { return lookahead_; }

 private:
  class Action;

  StopReason RunWindows(SimTime end);
  bool RunPartition(Partition& partition, SimTime end);  // false: stop now
  std::vector<size_t> WindowOrder();

  const Options options_;
  std::deque<Partition> partitions_;
  std::deque<Node> nodes_;
  std::vector<uint32_t> partition_of_;  // by node index
  std::deque<Link> links_;
  std::deque<Action> actions_;
  Duration lookahead_ = Duration::Infinite();
  uint64_t action_sequence_ = 0;
  std::function<bool()> watch_;
  Rng window_order_;
  SimTime now_;
  uint64_t events_ = 0;
  StopReason stopped_ = StopReason::kEndTime;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_RUN_SIMULATOR_H_
