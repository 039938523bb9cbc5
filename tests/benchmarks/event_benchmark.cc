// The engine alone: hold (pop one, insert one, exponential increments) and timer churn.
#include <memory>
#include <vector>

#include "benchmark/benchmark.h"
#include "sim_core/event/event_loop.h"
#include "sim_core/event/node_clock.h"
#include "sim_core/event/timer.h"
#include "tests/benchmarks/increments.h"
#include "tests/benchmarks/two_hosts.h"

namespace tickwire {
namespace {

constexpr TraceLabel kLabel{"bench"};

struct Holder : Event {
  Holder() : Event(&OnRun) {}
  static void OnRun(Event& event);
  NodeClock* clock;
  const Increments* increments;
  uint32_t next;
};

void Holder::OnRun(Event& event) {
  Holder& self = static_cast<Holder&>(event);
  const int64_t delay = self.increments->At(self.next++);
  self.clock->Schedule(event, self.clock->now() + Duration::Nanos(delay));
}

void BM_Hold(benchmark::State& state) {
  const size_t pending = state.range(0);
  EventLoop loop;
  NodeTrace trace(NodeId{1}, "bench", loop.now());
  NodeClock clock(NodeId{1}, loop, trace);
  const Increments increments;
  loop.queue().Reserve(pending * 2);
  std::vector<Holder> holders(pending);
  for (size_t i = 0; i < pending; ++i) {
    holders[i].clock = &clock;
    holders[i].increments = &increments;
    holders[i].next = static_cast<uint32_t>(i);
    clock.Schedule(holders[i], SimTime::FromNanos(increments.At(i)));
  }
  loop.RunBefore(SimTime::Infinite(), pending * 2);
  constexpr uint64_t kBatch = 1 << 14;
  for (auto _ : state) loop.RunBefore(SimTime::Infinite(), kBatch);
  state.SetItemsProcessed(state.iterations() * kBatch);
}
BENCHMARK(BM_Hold)->Name("hold")->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

// As a transport does it: a timer is set, and nine times of ten cancelled before it fires.
struct Churner {
  Churner(NodeClock& clock, const TraceEntity& entity) : timer(clock, *this, kLabel, entity) {}
  void OnExpiry() {}
  Timer<Churner, &Churner::OnExpiry> timer;
};

struct ChurnDriver : Event {
  ChurnDriver() : Event(&OnRun) {}
  static void OnRun(Event& event) {
    ChurnDriver& self = static_cast<ChurnDriver&>(event);
    for (int i = 0; i < 64; ++i) {
      Churner& churner = *self.churners[self.next % self.churners.size()];
      if (self.next % 10 != 0) churner.timer.Cancel();
      churner.timer.Set(Duration::Nanos(self.increments.At(self.next++)));
    }
    self.clock->Schedule(event, self.clock->now() + Duration::Micros(1));
  }
  NodeClock* clock;
  std::vector<std::unique_ptr<Churner>> churners;
  Increments increments;
  uint64_t next = 0;
};

void TimerChurn(benchmark::State& state, TraceSink* sink) {
  EventLoop loop;
  NodeTrace trace(NodeId{1}, "bench", loop.now());
  trace.set_sink(sink);
  NodeClock clock(NodeId{1}, loop, trace);
  TraceEntity entity = trace.NewEntity("timers");
  ChurnDriver driver;
  driver.clock = &clock;
  for (int64_t i = 0; i < state.range(0); ++i) {
    driver.churners.push_back(std::make_unique<Churner>(clock, entity));
  }
  clock.Schedule(driver, SimTime());
  const uint64_t before = driver.next;
  for (auto _ : state) loop.RunBefore(loop.now() + Duration::Micros(100));
  state.SetItemsProcessed(driver.next - before);
}
void BM_TimerChurn(benchmark::State& state) { TimerChurn(state, nullptr); }
void BM_TimerChurnTraced(benchmark::State& state) {
  ScratchTrace scratch({"bench"});
  TimerChurn(state, scratch.sink());
}
BENCHMARK(BM_TimerChurn)->Name("timer_churn")->Arg(10'000);
BENCHMARK(BM_TimerChurnTraced)->Name("timer_churn/traced")->Arg(10'000)->UseRealTime();

}  // namespace
}  // namespace tickwire
