#include "sim_core/run/simulator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tickwire {
namespace {

constexpr uint64_t kWatchEvery = 4096;  // events

Simulator::Options Normalised(Simulator::Options options) {
  std::sort(options.nodes.begin(), options.nodes.end());
  TW_CHECK(std::adjacent_find(options.nodes.begin(), options.nodes.end()) == options.nodes.end());
  return options;
}

}  // namespace

class Simulator::Action : public Event {
 public:
  explicit Action(std::function<void()> run) : Event(&Action::OnEvent), run_(std::move(run)) {}

 private:
  static void OnEvent(Event& event) { static_cast<Action&>(event).run_(); }
  std::function<void()> run_;
};

Simulator::Simulator(Options options)
    : options_(Normalised(std::move(options))),
      partition_of_(options_.nodes.size(), 0),
      window_order_(Rng::ForStream({options_.window_order_seed, 0, 0}, "simulator", "windows")) {
  for (size_t i = 0; i < std::max<size_t>(1, options_.partitions.size()); ++i) {
    partitions_.emplace_back();
  }
  for (uint32_t p = 0; p < options_.partitions.size(); ++p) {
    for (const std::string& name : options_.partitions[p]) {
      const auto it = std::lower_bound(options_.nodes.begin(), options_.nodes.end(), name);
      TW_CHECK(it != options_.nodes.end() && *it == name);
      partition_of_[it - options_.nodes.begin()] = p;
    }
  }
  for (uint32_t i = 0; i < options_.nodes.size(); ++i) {
    Partition& partition = partitions_[partition_of_[i]];
    Node& node = nodes_.emplace_back(NodeId{i + 1}, options_.nodes[i], options_.run, partition.loop,
                                     partition.pool);
    if (options_.sink == nullptr) continue;
    node.trace().set_sink(partitions_.size() == 1 ? options_.sink : &partition.trace);
  }
}

Simulator::~Simulator() = default;

SimTime Simulator::now() const {
  SimTime latest = now_;
  for (const Partition& partition : partitions_) latest = std::max(latest, partition.loop.now());
  return latest;
}

Node* Simulator::FindNode(absl::string_view name) {
  const auto it = std::lower_bound(options_.nodes.begin(), options_.nodes.end(), name);
  if (it == options_.nodes.end() || *it != name) return nullptr;
  return &nodes_[it - options_.nodes.begin()];
}

Node& Simulator::node(absl::string_view name) {
  Node* node = FindNode(name);
  TW_CHECK(node != nullptr);
  return *node;
}

void Simulator::Connect(Interface& a, Interface& b, LinkConfig a_to_b, LinkConfig b_to_a) {
  const auto end_name = [](Interface& i) { return absl::StrCat(i.node().name(), "/", i.name()); };
  const auto connect = [&](Interface& from, Interface& to, LinkConfig config) {
    Link& link = links_.emplace_back(from, to, absl::StrCat(end_name(from), ">", end_name(to)),
                                     std::move(config));
    from.set_link(&link);
    const uint32_t source = partition_of_[from.node().id().value - 1];
    if (source == partition_of_[to.node().id().value - 1]) return;
    lookahead_ = std::min(lookahead_, link.lookahead());
    link.set_outbox([&outbox = partitions_[source].outbox](Interface& at, Arrival arrival) {
      outbox.emplace_back(&at, std::move(arrival));
    });
  };
  connect(a, b, std::move(a_to_b));
  connect(b, a, std::move(b_to_a));
}

void Simulator::ScheduleAction(SimTime at, Node& target, std::function<void()> action) {
  TW_CHECK(at >= now_);
  const EventKey key{at, target.id(), kScenarioNode, ++action_sequence_};
  target.clock().ScheduleWithKey(actions_.emplace_back(std::move(action)), key);
}

StopReason Simulator::RunUntil(SimTime end) {
  stopped_ = StopReason::kEndTime;
  const StopReason reason = RunWindows(end);
  if (reason == StopReason::kEndTime) {
    now_ = std::max(now_, end);
    for (Partition& partition : partitions_) partition.loop.AdvanceTo(now_);
  } else {
    for (Partition& partition : partitions_) now_ = std::max(now_, partition.loop.now());
  }
  return reason;
}

StopReason Simulator::RunUntil(absl::FunctionRef<bool()> done, Duration check_every, SimTime end) {
  TW_CHECK(check_every > Duration());
  while (true) {
    const int64_t cell = now_.nanos() / check_every.nanos() + 1;
    const SimTime grid = SimTime::FromNanos(cell * check_every.nanos());
    const StopReason reason = RunUntil(std::min(grid, end));
    if (reason != StopReason::kEndTime) return reason;
    if (now_ == grid && done()) return StopReason::kPredicate;
    if (now_ >= end) return StopReason::kEndTime;
  }
}

SimTime Simulator::NextEventTime() {
  SimTime first = SimTime::Infinite();
  for (Partition& partition : partitions_) {
    const EventKey* next = partition.loop.queue().Next();
    if (next != nullptr) first = std::min(first, next->time);
  }
  return first;
}

std::vector<size_t> Simulator::WindowOrder() {
  std::vector<size_t> order(partitions_.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (options_.window_order_seed == 0) return order;
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[window_order_.Below(i)]);
  return order;
}

bool Simulator::RunPartition(Partition& partition, SimTime end) {
  while (true) {
    const uint64_t allowance = std::min(kWatchEvery, options_.event_limit - events_);
    const uint64_t ran = partition.loop.RunBefore(end, allowance);
    events_ += ran;
    if (ran < allowance) return true;
    if (events_ >= options_.event_limit) {
      stopped_ = StopReason::kEventLimit;
      return false;
    }
    if (watch_ && !watch_()) {
      stopped_ = StopReason::kInterrupted;
      return false;
    }
  }
}

// Runs windows [first pending event, that + lookahead): within one, no partition can send another
// anything that arrives in it.
StopReason Simulator::RunWindows(SimTime end) {
  const SimTime past_end = end == SimTime::Infinite() ? end : end + Duration::Nanos(1);
  std::vector<TraceBuffer*> buffers;
  for (Partition& partition : partitions_) buffers.push_back(&partition.trace);
  const bool merges = partitions_.size() > 1 && options_.sink != nullptr;
  // What was recorded while the network was built, entities and timers, comes before any event.
  if (merges) TraceBuffer::Merge(buffers, *options_.sink);
  bool goes_on = true;
  while (goes_on) {
    const SimTime first = NextEventTime();
    if (first == SimTime::Infinite()) {
      stopped_ = StopReason::kNoMoreEvents;
      break;
    }
    if (first >= past_end) break;
    const SimTime window_end = lookahead_ >= past_end - first ? past_end : first + lookahead_;
    for (size_t p : WindowOrder()) {
      goes_on = RunPartition(partitions_[p], window_end) && goes_on;
    }
    for (Partition& partition : partitions_) {
      for (auto& [interface, arrival] : partition.outbox) {
        arrival.packet.Rehome(interface->node().pool());
        interface->Arrive(std::move(arrival));
      }
      partition.outbox.clear();
    }
    if (merges) TraceBuffer::Merge(buffers, *options_.sink);
  }
  return stopped_;
}

Digest Simulator::digest() const {
  std::vector<uint8_t> list;
  const auto append = [&](const void* data, size_t size) {
    const uint8_t* bytes = static_cast<const uint8_t*>(data);
    list.insert(list.end(), bytes, bytes + size);
  };
  for (const Node& node : nodes_) {
    const NodeTrace& trace = node.trace();
    append(trace.node_name().data(), trace.node_name().size() + 1);
    const uint32_t count = trace.record_count();
    append(&count, sizeof count);
    append(&trace.digest(), sizeof(Digest));
  }
  return DigestOf(list);
}

}  // namespace tickwire
