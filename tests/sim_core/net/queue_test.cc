// RED and CoDel against cases computed by hand from their definitions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <memory>
#include <vector>

#include "sim_core/net/codel_queue.h"
#include "sim_core/net/red_queue.h"

namespace tickwire {
namespace {

using testing::ElementsAre;

struct MarkAll : CongestionMarker {
  explicit MarkAll(int* count) : marks(count) {}
  bool Mark(Packet&) const override {
    ++*marks;
    return true;
  }
  int* marks;
};

class QueueTest : public testing::Test {
 protected:
  Packet Sized(uint32_t size) {
    Packet packet = Packet::Allocate(pool_, 0, 0);
    packet.set_virtual_tail(size);
    return packet;
  }
  const char* Enqueue(QueueDiscipline& queue, SimTime now = {}, uint32_t size = 1000) {
    Packet packet = Sized(size);
    const TraceLabel* cause = queue.Enqueue(packet, now, rng_.Branch(++arrivals_));
    return cause == nullptr ? "" : cause->name;
  }
  BufferPool pool_;
  Rng rng_ = Rng::ForStream({.seed = 4}, "test", "queue");
  uint64_t arrivals_ = 0;
};

// With a weight of one the average is the queue itself: thresholds 2 and 4, one half at the upper.
RedQueue::Parameters Instant() {
  return {
      .minimum_packets = 2, .maximum_packets = 4, .maximum_probability = {1, 2}, .weight = {1, 1}};
}

TEST_F(QueueTest, RedTakesAllBelowItsLowerThresholdAndNoneAboveTheUpper) {
  RedQueue queue(Instant(), nullptr);
  EXPECT_STREQ(Enqueue(queue), "");  // finds 0
  EXPECT_STREQ(Enqueue(queue), "");  // finds 1
  EXPECT_STREQ(Enqueue(queue), "");  // finds 2: probability 0 at the threshold
  while (queue.packets() < 4) Enqueue(queue);
  for (int i = 0; i < 100; ++i) EXPECT_STREQ(Enqueue(queue), "red_forced");
}

// At a queue of 3 the base probability p is half of one half, 1/4. The algorithm of Floyd and
// Jacobson counts from 1 after a drop, so the next comes with p / (1 - p), p / (1 - 2p) ...: 1/3,
// 1/2, 1, which makes distances of 1, 2 and 3 equally likely.
TEST_F(QueueTest, RedSpreadsItsDropsEvenly) {
  RedQueue queue(Instant(), nullptr);
  while (queue.packets() < 3) Enqueue(queue);
  std::vector<QueueDiscipline::Dropped> given_up;
  std::array<int, 5> distances{};
  constexpr int kDrops = 20'000;
  int distance = 0;
  bool first = true;
  for (int drops = 0; drops < kDrops;) {
    ++distance;
    const std::string cause = Enqueue(queue);
    if (cause.empty()) {
      queue.Dequeue({}, given_up);  // back to three
      continue;
    }
    ASSERT_EQ(cause, "red");
    ASSERT_LE(distance, first ? 4 : 3);
    if (!first) ++distances[distance], ++drops;
    first = false;
    distance = 0;
  }
  const double sigma = std::sqrt(kDrops / 3.0 * 2.0 / 3.0);
  for (int d = 1; d <= 3; ++d) EXPECT_NEAR(distances[d], kDrops / 3.0, 6 * sigma) << d;
}

// Without `gentle` everything is dropped at 4; with it, the probability climbs from 1/10 there.
TEST_F(QueueTest, GentleRedGoesOnBeyondTheUpperThreshold) {
  RedQueue::Parameters parameters = Instant();
  parameters.maximum_probability = {1, 10};
  parameters.gentle = true;
  RedQueue queue(parameters, nullptr);
  for (int i = 0; i < 1000; ++i) EXPECT_STRNE(Enqueue(queue), "red_forced");
  EXPECT_GT(queue.packets(), 4u);
  EXPECT_LT(queue.packets(), 8u);
}

TEST_F(QueueTest, RedMarksWhereItMayAndDropsWhenForced) {
  int marks = 0;
  RedQueue queue(Instant(), std::make_unique<MarkAll>(&marks));
  for (int i = 0; i < 4; ++i) EXPECT_STREQ(Enqueue(queue), "");
  EXPECT_STREQ(Enqueue(queue), "red_forced");
  EXPECT_LE(marks, 1);  // only the one that found 3 could be chosen
}

// w = 1/4: the average of the samples 0, 1, 2 is 0, then 1/4, then 1/4 + (2 - 1/4)/4 = 11/16.
// Idle for 8 ms at 1 ms a packet: 11/16 * (3/4)^8 and so on; here, that age lets packets in again.
TEST_F(QueueTest, RedAgesItsAverageOverIdleTime) {
  RedQueue queue({.minimum_packets = 1,
                  .maximum_packets = 2,
                  .maximum_probability = {1, 1},
                  .weight = {1, 4},
                  .rate = DataRate::BitsPerSecond(8'000'000),
                  .mean_packet_bytes = 1000},
                 nullptr);
  std::vector<QueueDiscipline::Dropped> given_up;
  int refused = 0;
  for (int i = 0; i < 40; ++i) refused += *Enqueue(queue) != '\0';
  EXPECT_GT(refused, 20);
  while (queue.packets() > 0) queue.Dequeue({}, given_up);
  EXPECT_STREQ(Enqueue(queue, SimTime{Duration::Millis(100)}), "");
}

TEST_F(QueueTest, RedHasAHardLimit) {
  RedQueue::Parameters parameters = Instant();
  parameters.limit_packets = 1;
  RedQueue queue(parameters, nullptr);
  EXPECT_STREQ(Enqueue(queue), "");
  EXPECT_STREQ(Enqueue(queue), "queue_full");
}

// RFC 8289: all packets wait since time 0 and one is asked for each 10 ms. At 10 ms the sojourn is
// above 5 ms for the first time; 100 ms later the first is dropped; the n-th after that follows by
// 100 ms / sqrt(n), each at the first request at or after its time.
TEST_F(QueueTest, CodelDropsAtThePaceOfItsControlLaw) {
  std::vector<int> expected = {110};
  double next = 110 + 100;
  for (int count = 2; expected.size() < 12; ++count) {
    expected.push_back(static_cast<int>(std::ceil(next / 10)) * 10);
    next += 100 / std::sqrt(count);
  }
  ASSERT_EQ(expected[2], 290);  // 210 + 70.7
  CodelQueue queue({}, nullptr);
  for (int i = 0; i < 500; ++i) Enqueue(queue);
  std::vector<int> drops;
  for (int ms = 10; drops.size() < expected.size(); ms += 10) {
    std::vector<QueueDiscipline::Dropped> given_up;
    EXPECT_TRUE(queue.Dequeue(SimTime{Duration::Millis(ms)}, given_up));
    for (const auto& dropped : given_up) {
      EXPECT_STREQ(dropped.cause->name, "codel");
      drops.push_back(ms);
    }
  }
  EXPECT_EQ(drops, expected);
}

TEST_F(QueueTest, CodelMarksInsteadOfDropping) {
  int marks = 0;
  CodelQueue queue({}, std::make_unique<MarkAll>(&marks));
  for (int i = 0; i < 500; ++i) Enqueue(queue);
  std::vector<QueueDiscipline::Dropped> given_up;
  std::vector<int> times;
  for (int ms = 10; ms <= 340; ms += 10) {
    const int before = marks;
    queue.Dequeue(SimTime{Duration::Millis(ms)}, given_up);
    if (marks > before) times.push_back(ms);
  }
  EXPECT_THAT(times, ElementsAre(110, 210, 290, 340));
  EXPECT_TRUE(given_up.empty());
}

TEST_F(QueueTest, CodelLeavesShortDelaysAlone) {
  CodelQueue queue({}, nullptr);
  std::vector<QueueDiscipline::Dropped> given_up;
  for (int ms = 0; ms < 2000; ++ms) {
    for (int i = 0; i < 3; ++i) Enqueue(queue, SimTime{Duration::Millis(ms)});
    for (int i = 0; i < 3; ++i) queue.Dequeue(SimTime{Duration::Millis(ms + 4)}, given_up);
  }
  EXPECT_TRUE(given_up.empty());
}

// RFC 8289 section 5.3: never when no more than one MTU is left.
TEST_F(QueueTest, CodelNeverTakesTheLastPacket) {
  CodelQueue queue({.mtu_bytes = 1500}, nullptr);
  std::vector<QueueDiscipline::Dropped> given_up;
  for (int i = 0; i < 50; ++i) {
    const SimTime now{Duration::Seconds(i)};
    Enqueue(queue, now);
    EXPECT_TRUE(queue.Dequeue(now + Duration::Millis(900), given_up));
  }
  EXPECT_TRUE(given_up.empty());
}

TEST_F(QueueTest, CodelAlsoHasALimit) {
  CodelQueue queue({.limit_packets = 2}, nullptr);
  EXPECT_STREQ(Enqueue(queue), "");
  EXPECT_STREQ(Enqueue(queue), "");
  EXPECT_STREQ(Enqueue(queue), "queue_full");
}

}  // namespace
}  // namespace tickwire
