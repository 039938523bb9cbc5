#include "sim_core/event/timer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim_core/run/simulator.h"
#include "tests/support/recorder.h"

namespace tickwire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr TraceLabel kTimer{"T", "a rule"};
constexpr Duration kMs = Duration::Millis(1);

class TimerTest : public testing::Test {
 protected:
  // A timer with a name, that notes when it fires and then does what it is told.
  struct Owner {
    Owner(TimerTest& test, std::string owner_name)
        : fixture(test),
          name(std::move(owner_name)),
          timer(test.node_.clock(), *this, kTimer, entity) {}
    void OnTimer() {
      fixture.fired_.emplace_back(name, fixture.node_.clock().now().since_start);
      if (then) then();
    }
    TimerTest& fixture;
    std::string name;
    TraceEntity entity;
    std::function<void()> then;
    Timer<Owner, &Owner::OnTimer> timer;
  };
  void At(Duration time, std::function<void()> action) {
    simulator_.ScheduleAction(SimTime{time}, node_, std::move(action));
  }
  const std::vector<std::pair<std::string, Duration>>& Run() {
    simulator_.RunUntil(SimTime{Duration::Seconds(1)});
    return fired_;
  }

  Recorder recorder_;
  Simulator simulator_{{.run = {}, .nodes = {"n"}, .sink = &recorder_}};
  Node& node_ = simulator_.node("n");
  std::vector<std::pair<std::string, Duration>> fired_;
};

TEST_F(TimerTest, FiresOnceWhenItIsDue) {
  Owner a(*this, "a");
  EXPECT_FALSE(a.timer.is_set());
  At(2 * kMs, [&] {
    a.timer.Set(5 * kMs);
    EXPECT_TRUE(a.timer.is_set());
    EXPECT_EQ(a.timer.deadline(), SimTime{7 * kMs});
  });
  EXPECT_THAT(Run(), ElementsAre(std::pair("a", 7 * kMs)));
  EXPECT_FALSE(a.timer.is_set());
}

TEST_F(TimerTest, SetBeyondTheEndOfTimeNeverFires) {
  Owner a(*this, "a");
  At(kMs, [&] { a.timer.Set(Duration::Infinite()); });
  EXPECT_THAT(Run(), IsEmpty());
  EXPECT_TRUE(a.timer.is_set());
}

TEST_F(TimerTest, CancelledNeverFires) {
  Owner a(*this, "a");
  At({}, [&] { a.timer.Set(5 * kMs); });
  At(4 * kMs, [&] {
    a.timer.Cancel();
    EXPECT_FALSE(a.timer.is_set());
    a.timer.Cancel();  // no effect
  });
  EXPECT_THAT(Run(), IsEmpty());
  EXPECT_EQ(recorder_.Count(TraceKind::kTimerCancelled), 1);
  EXPECT_EQ(recorder_.Of(TraceKind::kTimerCancelled)[0].event.value, (1 * kMs).nanos());
}

TEST_F(TimerTest, CancelledInItsLastMomentNeverFires) {
  Owner a(*this, "a");
  At({}, [&] { a.timer.Set(5 * kMs); });
  At(5 * kMs, [&] { a.timer.Cancel(); });  // the scenario comes before the node's own events
  EXPECT_THAT(Run(), IsEmpty());
}

TEST_F(TimerTest, MovedLaterFiresLaterOnly) {
  Owner a(*this, "a");
  At({}, [&] { a.timer.Set(5 * kMs); });
  At(3 * kMs, [&] { a.timer.Set(10 * kMs); });
  At(6 * kMs, [&] { EXPECT_EQ(a.timer.deadline(), SimTime{13 * kMs}); });
  EXPECT_THAT(Run(), ElementsAre(std::pair("a", 13 * kMs)));
  EXPECT_EQ(recorder_.Count(TraceKind::kTimerFired), 1);
  EXPECT_EQ(recorder_.Of(TraceKind::kTimerFired)[0].event.value, (10 * kMs).nanos());
}

TEST_F(TimerTest, MovedLaterThenEarlierThenCancelled) {
  Owner a(*this, "a"), b(*this, "b"), c(*this, "c");
  At({}, [&] {
    for (Owner* owner : {&a, &b, &c}) owner->timer.Set(5 * kMs);
    for (Owner* owner : {&a, &b, &c}) owner->timer.Set(50 * kMs);
    for (Owner* owner : {&a, &b, &c}) owner->timer.Set(2 * kMs);
    c.timer.Set(70 * kMs);
  });
  At(20 * kMs, [&] { c.timer.Cancel(); });
  EXPECT_THAT(Run(), ElementsAre(std::pair("a", 2 * kMs), std::pair("b", 2 * kMs)));
}

TEST_F(TimerTest, MovedEarlierFiresEarlier) {
  Owner a(*this, "a");
  At({}, [&] { a.timer.Set(50 * kMs); });
  At(3 * kMs, [&] { a.timer.Set(1 * kMs); });
  EXPECT_THAT(Run(), ElementsAre(std::pair("a", 4 * kMs)));
}

// The order among equal deadlines is that of Set(), also for one that was moved there and looked at
// the queue again only when its old deadline came.
TEST_F(TimerTest, TiesGoByTheOrderOfSetting) {
  Owner a(*this, "a"), b(*this, "b"), c(*this, "c");
  At({}, [&] {
    a.timer.Set(2 * kMs);
    c.timer.Set(10 * kMs);
    a.timer.Set(10 * kMs);  // now after c
    b.timer.Set(10 * kMs);
    c.timer.Set(10 * kMs);  // now after b
  });
  EXPECT_THAT(Run(), ElementsAre(std::pair("a", 10 * kMs), std::pair("b", 10 * kMs),
                                 std::pair("c", 10 * kMs)));
}

TEST_F(TimerTest, MayBeSetAgainInItsHandler) {
  Owner a(*this, "a");
  a.then = [&] {
    if (fired_.size() < 3) a.timer.Set(kMs);
  };
  At({}, [&] { a.timer.Set({}); });
  EXPECT_THAT(
      Run(), ElementsAre(std::pair("a", Duration()), std::pair("a", kMs), std::pair("a", 2 * kMs)));
}

TEST_F(TimerTest, MayDieWithItsOwnerInItsHandler) {
  auto a = std::make_unique<Owner>(*this, "a");
  a->then = [&] {
    // A copy of the function outlives its owner while it runs.
    const auto keep = std::move(a->then);
    a.reset();
  };
  At({}, [&] { a->timer.Set(kMs); });
  EXPECT_THAT(Run(), ElementsAre(std::pair("a", kMs)));
  EXPECT_EQ(a, nullptr);
}

TEST_F(TimerTest, DestroyedWhileSetItNeverFires) {
  std::optional<Owner> a(std::in_place, *this, "a");
  At({}, [&] { a->timer.Set(5 * kMs); });
  At(kMs, [&] { a.reset(); });
  EXPECT_THAT(Run(), IsEmpty());
}

TEST_F(TimerTest, AHandlerMayCancelAnotherOfTheSameMoment) {
  Owner a(*this, "a"), b(*this, "b");
  a.then = [&] { b.timer.Cancel(); };
  At({}, [&] {
    a.timer.Set(kMs);
    b.timer.Set(kMs);
  });
  EXPECT_THAT(Run(), ElementsAre(std::pair("a", kMs)));
}

TEST_F(TimerTest, TheRecordOfFiringNamesThatOfSetting) {
  Owner a(*this, "a");
  At({}, [&] { a.timer.Set(kMs); });
  Run();
  const auto set = recorder_.Of(TraceKind::kTimerSet), fired = recorder_.Of(TraceKind::kTimerFired);
  ASSERT_EQ(set.size(), 1u);
  ASSERT_EQ(fired.size(), 1u);
  EXPECT_EQ(fired[0].event.packet, set[0].event.ref);
  EXPECT_EQ(fired[0].event.cause, set[0].event.ref);
}

// Random sets and cancels against a plain list of deadlines.
TEST_F(TimerTest, AgreesWithAListOfDeadlines) {
  constexpr int kTimers = 8;
  std::vector<std::unique_ptr<Owner>> owners;
  for (int i = 0; i < kTimers; ++i) {
    owners.push_back(std::make_unique<Owner>(*this, std::to_string(i)));
  }
  Rng rng = Rng::ForStream({.seed = 6}, "timer", "soak");
  struct Armed {
    Duration at;
    uint64_t order;
  };
  std::vector<std::optional<Armed>> armed(kTimers);
  std::vector<std::pair<std::string, Duration>> expected;
  uint64_t order = 0;
  const auto fire_before = [&](Duration now) {
    while (true) {
      int next = -1;
      for (int i = 0; i < kTimers; ++i) {
        if (!armed[i] || armed[i]->at >= now) continue;
        if (next < 0 || std::pair(armed[i]->at, armed[i]->order) <
                            std::pair(armed[next]->at, armed[next]->order)) {
          next = i;
        }
      }
      if (next < 0) return;
      expected.emplace_back(std::to_string(next), armed[next]->at);
      armed[next].reset();
    }
  };
  for (int step = 0; step < 5000; ++step) {
    const Duration now = Duration::Micros(step * 10);
    const int which = static_cast<int>(rng.Below(kTimers));
    fire_before(now);
    if (rng.Below(4) == 0) {
      armed[which].reset();
      At(now, [&owners, which] { owners[which]->timer.Cancel(); });
    } else {
      const Duration delay = Duration::Micros(static_cast<int64_t>(rng.Below(20)) * 10);
      armed[which] = Armed{now + delay, ++order};
      At(now, [&owners, which, delay] { owners[which]->timer.Set(delay); });
    }
  }
  fire_before(Duration::Seconds(1));
  EXPECT_EQ(Run(), expected);
}

}  // namespace
}  // namespace tickwire
