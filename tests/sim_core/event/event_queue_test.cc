#include "sim_core/event/event_queue.h"

#include <deque>
#include <map>
#include <vector>

#include "gtest/gtest.h"

namespace tickwire {
namespace {

// A xorshift of the test's own: what is inserted must not depend on the code under test.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed * 2685821657736338717u + 1) {}
  uint64_t Below(uint64_t n) {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_ % n;
  }

 private:
  uint64_t state_;
};

struct Probe : Event {
  Probe() : Event(&Probe::OnRun) {}
  static void OnRun(Event& event) { ++static_cast<Probe&>(event).runs; }
  int runs = 0;
};

EventKey Key(int64_t nanos, uint64_t sequence, uint32_t target = 1, uint32_t source = 1) {
  return {SimTime::FromNanos(nanos), NodeId{target}, NodeId{source}, sequence};
}

TEST(EventQueue, TiesGoByTargetThenSourceThenSequence) {
  EventQueue queue;
  Probe a, b, c, d;
  queue.Insert(Key(5, 1, /*target=*/2, /*source=*/1), d);
  queue.Insert(Key(5, 9, /*target=*/1, /*source=*/2), c);
  queue.Insert(Key(5, 8, /*target=*/1, /*source=*/1), b);
  queue.Insert(Key(5, 7, /*target=*/1, /*source=*/1), a);
  for (Probe* expected : {&a, &b, &c, &d}) {
    queue.RunNext();
    EXPECT_EQ(expected->runs, 1);
  }
  EXPECT_EQ(queue.Next(), nullptr);
}

TEST(EventQueue, DestroyedEventLeavesTheQueue) {
  EventQueue queue;
  {
    Probe gone;
    queue.Insert(Key(1, 1), gone);
    EXPECT_EQ(queue.size(), 1u);
  }
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(queue.Next(), nullptr);
}

TEST(EventQueue, EventMayOutliveItsQueue) {
  Probe near, far;
  {
    EventQueue queue;
    queue.Insert(Key(1, 1), near);
    queue.Insert(Key(1'000'000'000'000, 2), far);
    queue.Next();
  }
  EXPECT_FALSE(near.is_queued());
  EXPECT_FALSE(far.is_queued());
}

TEST(EventQueue, HandlerMayInsertItsOwnEventAgainAtTheSameTime) {
  static EventQueue* queue;
  static int left;
  struct Again : Event {
    Again() : Event(&OnRun) {}
    static void OnRun(Event& event) {
      if (--left > 0) queue->Insert(Key(7, 100 - left), event);
    }
  };
  EventQueue q;
  queue = &q;
  left = 3;
  Again again;
  q.Insert(Key(7, 1), again);
  while (q.Next() != nullptr) q.RunNext();
  EXPECT_EQ(left, 0);
}

// The oracle is a std::map of keys. Delays mix scales from ties to hours, so that every level of
// the wheel, its cascades and its carries take part.
TEST(EventQueue, AgreesWithASortedMapUnderRandomInsertRemoveAndRun) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    EventQueue queue;
    std::deque<Probe> probes(3000);
    std::vector<Probe*> idle;
    for (Probe& probe : probes) idle.push_back(&probe);
    std::map<EventKey, Probe*> oracle;
    int64_t now = 0;
    uint64_t sequence = 0;
    const uint64_t bias = 1 + dice.Below(3);  // grows, holds or shrinks
    for (int step = 0; step < 20000; ++step) {
      const uint64_t action = dice.Below(5);
      if (action <= bias && !idle.empty()) {
        const int64_t delay = dice.Below(uint64_t{1} << dice.Below(44));
        const EventKey key = Key(now + delay, ++sequence, 1 + dice.Below(3), 1 + dice.Below(3));
        Probe* probe = idle.back();
        idle.pop_back();
        queue.Insert(key, *probe);
        oracle.emplace(key, probe);
      } else if (action == 4 && !oracle.empty()) {
        auto it = oracle.lower_bound(Key(now + dice.Below(uint64_t{1} << dice.Below(44)), 0));
        if (it == oracle.end()) it = oracle.begin();
        queue.Remove(*it->second);
        idle.push_back(it->second);
        oracle.erase(it);
      } else if (!oracle.empty()) {
        const auto [key, probe] = *oracle.begin();
        ASSERT_NE(queue.Next(), nullptr);
        ASSERT_EQ(*queue.Next(), key);
        const int runs = probe->runs;
        queue.RunNext();
        ASSERT_EQ(probe->runs, runs + 1);
        now = key.time.nanos();
        idle.push_back(probe);
        oracle.erase(oracle.begin());
      }
      ASSERT_EQ(queue.size(), oracle.size());
    }
  }
}

TEST(EventQueue, AcceptsTheLastMomentOfVirtualTime) {
  EventQueue queue;
  Probe last, first;
  queue.Insert({SimTime::Infinite(), NodeId{1}, NodeId{1}, 1}, last);
  queue.Insert(Key(0, 2), first);
  queue.RunNext();
  EXPECT_EQ(first.runs, 1);
  queue.RunNext();
  EXPECT_EQ(last.runs, 1);
}

}  // namespace
}  // namespace tickwire
