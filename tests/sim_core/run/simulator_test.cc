#include "sim_core/run/simulator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "sim_core/event/timer.h"
#include "sim_core/net/bernoulli_loss.h"
#include "tests/support/recorder.h"

namespace tickwire {
namespace {

using testing::ElementsAre;

constexpr TraceLabel kTick{"tick"};
constexpr Duration kMs = Duration::Millis(1);

TEST(Simulator, IdsFollowTheByteOrderOfTheNames) {
  Simulator simulator({.run = {}, .nodes = {"b", "B", "a10", "a9"}});
  std::vector<std::string> names;
  for (Node& node : simulator.nodes()) names.push_back(node.name());
  EXPECT_THAT(names, ElementsAre("B", "a10", "a9", "b"));
  EXPECT_EQ(simulator.node("a9").id().value, 3u);
  EXPECT_EQ(simulator.FindNode("c"), nullptr);
}

TEST(SimulatorDeathTest, NamesAreUnique) {
  EXPECT_DEATH(Simulator({.run = {}, .nodes = {"a", "a"}}), "CHECK");
}

TEST(Simulator, ActionsOfOneMomentGoByNodeThenAsScheduled) {
  Simulator simulator({.run = {}, .nodes = {"b", "a"}});
  std::string order;
  for (const char* what : {"1", "2"}) {
    for (const char* node : {"b", "a"}) {
      simulator.ScheduleAction(SimTime{kMs}, simulator.node(node),
                               [&order, node, what] { order += std::string(node) + what + " "; });
    }
  }
  EXPECT_EQ(simulator.RunUntil(SimTime{kMs}), StopReason::kNoMoreEvents);
  EXPECT_EQ(order, "a1 a2 b1 b2 ");
}

TEST(Simulator, TheEndIsIncluded) {
  Simulator simulator({.run = {}, .nodes = {"a"}});
  int ran = 0;
  simulator.ScheduleAction(SimTime{kMs}, simulator.node("a"), [&] { ++ran; });
  simulator.ScheduleAction(SimTime{kMs + Duration::Nanos(1)}, simulator.node("a"), [&] { ++ran; });
  EXPECT_EQ(simulator.RunUntil(SimTime{kMs}), StopReason::kEndTime);
  EXPECT_EQ(ran, 1);
  EXPECT_EQ(simulator.now(), SimTime{kMs});
  EXPECT_EQ(simulator.RunUntil(SimTime::Infinite()), StopReason::kNoMoreEvents);
  EXPECT_EQ(ran, 2);
  EXPECT_EQ(simulator.now(), SimTime{kMs + Duration::Nanos(1)});
}

// A node that ticks each millisecond.
struct Ticker {
  explicit Ticker(Node& node) : timer(node.clock(), *this, kTick, entity) {}
  void OnTimer() {
    ++ticks;
    timer.Set(kMs);
  }
  TraceEntity entity;
  int ticks = 0;
  Timer<Ticker, &Ticker::OnTimer> timer;
};

class TickingSimulator : public testing::Test {
 protected:
  void Start(uint64_t event_limit = ~uint64_t{0}) {
    simulator_ = std::make_unique<Simulator>(
        Simulator::Options{.run = {}, .nodes = {"a"}, .event_limit = event_limit});
    ticker_ = std::make_unique<Ticker>(simulator_->node("a"));
    simulator_->ScheduleAction(SimTime(), simulator_->node("a"),
                               [this] { ticker_->timer.Set(kMs); });
  }
  std::unique_ptr<Simulator> simulator_;
  std::unique_ptr<Ticker> ticker_;
};

// The predicate becomes true at 7 ms; the grid of 5 ms sees it at 10 ms.
TEST_F(TickingSimulator, APredicateIsTestedOnItsGridOnly) {
  Start();
  std::vector<SimTime> asked;
  const StopReason reason = simulator_->RunUntil(
      [&] {
        asked.push_back(simulator_->now());
        return ticker_->ticks >= 7;
      },
      5 * kMs, SimTime{Duration::Seconds(1)});
  EXPECT_EQ(reason, StopReason::kPredicate);
  EXPECT_EQ(simulator_->now(), SimTime{10 * kMs});
  EXPECT_THAT(asked, ElementsAre(SimTime{5 * kMs}, SimTime{10 * kMs}));
  EXPECT_EQ(ticker_->ticks, 10);
}

TEST_F(TickingSimulator, APredicateThatNeverHoldsEndsWithTheTime) {
  Start();
  int asked = 0;
  EXPECT_EQ(simulator_->RunUntil([&] { return ++asked < 0; }, 5 * kMs, SimTime{12 * kMs}),
            StopReason::kEndTime);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(simulator_->now(), SimTime{12 * kMs});
}

TEST_F(TickingSimulator, TheEventLimitStopsExactly) {
  Start(/*event_limit=*/5000);
  EXPECT_EQ(simulator_->RunUntil(SimTime{Duration::Seconds(100)}), StopReason::kEventLimit);
  EXPECT_EQ(simulator_->events(), 5000u);
  EXPECT_EQ(simulator_->RunUntil(SimTime{Duration::Seconds(100)}), StopReason::kEventLimit);
  EXPECT_EQ(simulator_->events(), 5000u);
}

TEST_F(TickingSimulator, AWatchMayInterruptAndTheRunMayGoOn) {
  Start();
  int calls = 0;
  simulator_->set_watch([&] { return ++calls != 2; });
  EXPECT_EQ(simulator_->RunUntil(SimTime{Duration::Seconds(30)}), StopReason::kInterrupted);
  EXPECT_LT(simulator_->now(), SimTime{Duration::Seconds(30)});
  EXPECT_EQ(simulator_->RunUntil(SimTime{Duration::Seconds(30)}), StopReason::kEndTime);
  EXPECT_EQ(ticker_->ticks, 30'000);
}

// --- Partitions ---

// A ring of nodes, each passing what it gets on to the next and ticking for itself; some loss.
class Ring {
 public:
  struct Outcome {
    std::vector<std::tuple<int64_t, uint32_t, uint32_t, int, std::string>> records;
    Digest digest;
    uint64_t events;
  };
  static Outcome Run(std::vector<std::vector<std::string>> partitions, uint64_t window_seed) {
    Recorder recorder;
    Simulator simulator({.run = {.seed = 5},
                         .nodes = {"a", "b", "c", "d", "e"},
                         .partitions = std::move(partitions),
                         .window_order_seed = window_seed,
                         .sink = &recorder});
    std::deque<Stop> stops;
    const std::vector<std::string> names = {"a", "b", "c", "d", "e"};
    for (const std::string& name : names) stops.emplace_back(simulator.node(name));
    for (size_t i = 0; i < names.size(); ++i) {
      const size_t next = (i + 1) % names.size();
      Interface& out = simulator.node(names[i]).AddInterface("out");
      Interface& in = simulator.node(names[next]).AddInterface("in");
      LinkConfig there, back;
      // Equal delays make ties.
      there.propagation = back.propagation = Duration::Micros(i % 2 == 0 ? 100 : 200);
      there.impairments.push_back(std::make_unique<BernoulliLoss>(Ratio{1, 200}));
      simulator.Connect(out, in, std::move(there), std::move(back));
      stops[i].out = &out;
      in.set_upper(&stops[next]);
    }
    for (size_t i = 0; i < names.size(); ++i) {
      simulator.ScheduleAction(SimTime(), simulator.node(names[i]), [&stops, i] {
        stops[i].Launch();
        stops[i].timer.Set(Duration::Micros(100));
      });
    }
    simulator.RunUntil(SimTime{Duration::Millis(40)});
    Outcome outcome{.records = {}, .digest = simulator.digest(), .events = simulator.events()};
    for (const auto& e : recorder.entries) {
      outcome.records.emplace_back(e.event.time.nanos(), e.event.ref.node.value, e.event.ref.index,
                                   static_cast<int>(e.event.kind), e.label);
    }
    return outcome;
  }

 private:
  struct Stop : Interface::Upper {
    explicit Stop(Node& machine) : node(machine), timer(machine.clock(), *this, kTick, entity) {}
    void Launch() {
      Packet packet = node.NewPacket(4);
      std::fill(packet.mutable_bytes().begin(), packet.mutable_bytes().end(), uint8_t{1});
      out->Send(std::move(packet));
    }
    void OnPacket(Interface&, Packet packet) override {
      ++packet.mutable_bytes()[0];
      out->Send(std::move(packet));
    }
    void OnTimer() {
      timer.Set(Duration::Micros(100));
      if (++ticks % 50 == 0) Launch();
    }
    Node& node;
    Interface* out = nullptr;
    TraceEntity entity;
    int ticks = 0;
    Timer<Stop, &Stop::OnTimer> timer;
  };
};

TEST(Simulator, AnyPartitioningGivesTheSameTraceRecordForRecord) {
  const Ring::Outcome one = Ring::Run({}, 0);
  ASSERT_GT(one.records.size(), 1000u);
  const std::vector<std::vector<std::vector<std::string>>> divisions = {
      {{"a"}, {"b", "c", "d", "e"}},
      {{"a", "c", "e"}, {"b", "d"}},
      {{"e"}, {"d"}, {"c"}, {"b"}, {"a"}},
      {{"c"}, {"a", "b"}, {}, {"d", "e"}},
      {{}, {"b"}},  // the rest are in the first
  };
  for (size_t i = 0; i < divisions.size(); ++i) {
    for (uint64_t seed = 0; seed < 4; ++seed) {
      const Ring::Outcome many = Ring::Run(divisions[i], seed);
      EXPECT_EQ(many.digest, one.digest) << i;
      EXPECT_EQ(many.events, one.events) << i;
      EXPECT_TRUE(many.records == one.records) << i;
    }
  }
}

TEST(Simulator, TheLookaheadIsTheLeastDelayBetweenPartitions) {
  Simulator simulator({.run = {}, .nodes = {"a", "b", "c"}, .partitions = {{"a", "b"}, {"c"}}});
  const auto connect = [&](const char* x, const char* y, Duration delay) {
    LinkConfig there, back;
    there.propagation = delay;
    back.propagation = delay + kMs;
    simulator.Connect(simulator.node(x).AddInterface(y), simulator.node(y).AddInterface(x),
                      std::move(there), std::move(back));
  };
  EXPECT_EQ(simulator.lookahead(), Duration::Infinite());
  connect("a", "b", kMs);  // within a partition
  EXPECT_EQ(simulator.lookahead(), Duration::Infinite());
  connect("c", "b", 7 * kMs);
  EXPECT_EQ(simulator.lookahead(), 7 * kMs);
}

TEST(Simulator, TheDigestDependsOnTheSeedOnlyThroughWhatHappens) {
  const auto digest = [](std::vector<std::string> nodes, uint64_t seed) {
    return Simulator({.run = {.seed = seed}, .nodes = std::move(nodes)}).digest();
  };
  EXPECT_EQ(digest({"a", "b"}, 1), digest({"b", "a"}, 2));
  EXPECT_NE(digest({"a", "b"}, 1), digest({"a", "c"}, 1));
  EXPECT_NE(digest({"ab"}, 1), digest({"a", "b"}, 1));
}

}  // namespace
}  // namespace tickwire
