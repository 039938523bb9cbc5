// Tickwire beside ns-3, both in one process and one go, so that the ratios mean something on any
// machine: pending events (hold), timers that are mostly cancelled, packets over ten hops. Built
// only where ns-3 is installed (Debian: libns3-dev).
//
//   tickwire-bench-ns3            prints millions of items a second for each and their ratio
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim_core/event/event_loop.h"
#include "sim_core/event/node_clock.h"
#include "sim_core/event/timer.h"
#include "tests/benchmarks/hop_chain.h"
#include "tests/benchmarks/increments.h"
#include "tests/benchmarks/ns3_side.h"

namespace tickwire {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kRounds = 2;

const Increments& Table() {
  static const Increments& table = *new Increments;
  return table;
}

double Rate(uint64_t items, Clock::time_point begin) {
  return static_cast<double>(items) / std::chrono::duration<double>(Clock::now() - begin).count() /
         1e6;
}

// --- hold: every event schedules its successor; so many are pending at a time ---

struct Holder : Event {
  Holder() : Event(&OnRun) {}
  static void OnRun(Event& event) {
    Holder& self = static_cast<Holder&>(event);
    const int64_t delay = Table().At(self.next++);
    self.clock->Schedule(event, self.clock->now() + Duration::Nanos(delay));
  }
  NodeClock* clock = nullptr;
  uint32_t next = 0;
};

double TickwireHold(uint32_t pending, uint64_t events) {
  EventLoop loop;
  NodeTrace trace(NodeId{1}, "bench", loop.now());
  NodeClock clock(NodeId{1}, loop, trace);
  loop.queue().Reserve(pending * 2);
  std::vector<Holder> holders(pending);
  for (uint32_t i = 0; i < pending; ++i) {
    holders[i].clock = &clock;
    holders[i].next = i;
    clock.Schedule(holders[i], SimTime::FromNanos(Table().At(i)));
  }
  loop.RunBefore(SimTime::Infinite(), pending * 2);
  const auto begin = Clock::now();
  loop.RunBefore(SimTime::Infinite(), events);
  return Rate(events, begin);
}

// --- timer churn: 10,000 timers, set again and again, nine of ten cancelled first ---

constexpr uint32_t kTimers = 10'000;
constexpr TraceLabel kLabel{"bench"};

struct Churner {
  Churner(NodeClock& clock, const TraceEntity& entity) : timer(clock, *this, kLabel, entity) {}
  void OnExpiry() {}
  Timer<Churner, &Churner::OnExpiry> timer;
};

struct TickwireDriver : Event {
  TickwireDriver() : Event(&OnRun) {}
  static void OnRun(Event& event) {
    TickwireDriver& self = static_cast<TickwireDriver&>(event);
    for (int i = 0; i < 64; ++i) {
      Churner& churner = *self.churners[self.next % kTimers];
      if (self.next % 10 != 0) churner.timer.Cancel();
      churner.timer.Set(Duration::Nanos(Table().At(self.next++)));
    }
    self.clock->Schedule(event, self.clock->now() + Duration::Micros(1));
  }
  NodeClock* clock = nullptr;
  std::vector<std::unique_ptr<Churner>> churners;
  uint64_t next = 0;
};

double TickwireChurn(uint64_t operations) {
  EventLoop loop;
  NodeTrace trace(NodeId{1}, "bench", loop.now());
  NodeClock clock(NodeId{1}, loop, trace);
  const TraceEntity entity = trace.NewEntity("timers");
  TickwireDriver driver;
  driver.clock = &clock;
  for (uint32_t i = 0; i < kTimers; ++i) {
    driver.churners.push_back(std::make_unique<Churner>(clock, entity));
  }
  clock.Schedule(driver, {});
  const auto begin = Clock::now();
  while (driver.next < operations) {
    loop.RunBefore(loop.now() + Duration::Micros(100));
  }
  return Rate(driver.next, begin);
}

// --- packet hops: 100 bytes of UDP every 20 us over ten hops of 1 Gbit/s ---

constexpr uint64_t kPackets = 50'000;

double TickwireHops() {
  HopChain chain(/*sink=*/nullptr, kPackets);
  const auto begin = Clock::now();
  chain.simulator().RunUntil(SimTime::Infinite());
  return Rate(chain.hops_done(), begin);
}

double Best(const std::function<double()>& measure) {
  double best = 0;
  for (int i = 0; i < kRounds; ++i) best = std::max(best, measure());
  return best;
}

void Print(const std::string& what, double ours, double theirs, const char* how) {
  std::printf("%-16s %9.2f %9.2f %7.1f x   %s\n", what.c_str(), ours, theirs, ours / theirs, how);
  std::fflush(stdout);
}

}  // namespace
}  // namespace tickwire

int main() {
  using namespace tickwire;  // NOLINT: the whole of this program

  // The two fastest of ns-3's schedulers at every size tried; its heap and calendar stay behind.
  constexpr const char* kSchedulers[] = {"ns3::PriorityQueueScheduler", "ns3::MapScheduler"};
  std::printf("million items/s     Tickwire      ns-3     ratio   ns-3 by its best scheduler\n");
  for (const uint32_t pending : {1'000u, 100'000u, 1'000'000u}) {
    const uint64_t events = 2'000'000;
    double theirs = 0;
    const char* how = "";
    for (const char* scheduler : kSchedulers) {
      const double rate = Best([&] { return Ns3HoldRate(scheduler, pending, events); });
      if (rate > theirs) how = scheduler;
      theirs = std::max(theirs, rate);
    }
    Print(absl::StrCat("hold/", pending), Best([&] { return TickwireHold(pending, events); }),
          theirs, how);
  }
  // Its priority queue searches from end to end for an event to remove, so the map it is.
  const double churn = Best([] { return Ns3Churn("ns3::MapScheduler", kTimers, 1'000'000); });
  Print("timer_churn", Best([] { return TickwireChurn(8'000'000); }), churn, "ns3::MapScheduler");
  const double hops = Best([] { return Ns3Hops(HopChain::kHops, kPackets); });
  Print("packet_hops", Best([] { return TickwireHops(); }), hops,
        "default scheduler, UDP, no qdisc");
  return 0;
}
