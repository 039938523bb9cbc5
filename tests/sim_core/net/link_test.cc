// Link and Interface: when packets leave and arrive, what waits, what an outage takes.
#include "sim_core/net/link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "sim_core/net/drop_tail_queue.h"
#include "sim_core/run/simulator.h"
#include "tests/support/recorder.h"

namespace tickwire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Duration kMs = Duration::Millis(1);
constexpr DataRate kRate = DataRate::BitsPerSecond(1'000'000);
constexpr size_t kSize = 1000;
constexpr Duration kTransmission = kRate.TransmissionTime(kSize);
static_assert(kTransmission == 8 * kMs);
constexpr Duration kPropagation = 10 * kMs;

// (which packet, when) of everything that arrives.
struct Sink : Interface::Upper {
  explicit Sink(Node& node) : clock(node.clock()) {}
  void OnPacket(Interface&, Packet packet) override {
    arrivals.emplace_back(packet.bytes()[0], clock.now().since_start);
  }
  NodeClock& clock;
  std::vector<std::pair<int, Duration>> arrivals;
};

// Delays the packets that it is told to.
struct Delay : Impairment {
  explicit Delay(std::vector<Duration> by_ordinal) : by(std::move(by_ordinal)) {}
  const TraceLabel& label() const override {
    static constexpr TraceLabel kLabel{"delay"};
    return kLabel;
  }
  void Apply(Transit transit, const Occasion& occasion, Rng, TransitList& out) override {
    if (occasion.ordinal <= by.size()) transit.extra_delay += by[occasion.ordinal - 1];
    out.push_back(std::move(transit));
  }
  std::vector<Duration> by;
};

class LinkTest : public testing::Test {
 protected:
  void Connect(LinkConfig there, LinkConfig back = {}) {
    a_ = &simulator_.node("a").AddInterface("eth0");
    b_ = &simulator_.node("b").AddInterface("eth0");
    simulator_.Connect(*a_, *b_, std::move(there), std::move(back));
    sink_ = std::make_unique<Sink>(b_->node());
    b_->set_upper(sink_.get());
  }
  static LinkConfig Plain() {
    LinkConfig config;
    config.rate = kRate;
    config.propagation = kPropagation;
    return config;
  }
  void SendAt(Duration at, int number, size_t size = kSize) {
    simulator_.ScheduleAction(SimTime{at}, a_->node(), [this, number, size] {
      Packet packet = a_->node().NewPacket(1);
      packet.mutable_bytes()[0] = static_cast<uint8_t>(number);
      packet.set_virtual_tail(static_cast<uint32_t>(size - 1));
      a_->Send(std::move(packet));
    });
  }
  std::vector<std::pair<int, Duration>> Run(Duration until = Duration::Seconds(1)) {
    simulator_.RunUntil(SimTime{until});
    return sink_->arrivals;
  }

  Recorder recorder_;
  Simulator simulator_{{.run = {}, .nodes = {"a", "b"}, .sink = &recorder_}};
  Interface* a_ = nullptr;
  Interface* b_ = nullptr;
  std::unique_ptr<Sink> sink_;
};

TEST_F(LinkTest, APacketTakesTransmissionAndPropagation) {
  Connect(Plain());
  SendAt(5 * kMs, 1);
  EXPECT_THAT(Run(), ElementsAre(std::pair(1, 5 * kMs + kTransmission + kPropagation)));
}

TEST_F(LinkTest, AnInfiniteRateTakesPropagationOnly) {
  LinkConfig config = Plain();
  config.rate = DataRate::Infinite();
  Connect(std::move(config));
  for (int i = 1; i <= 3; ++i) SendAt(Duration(), i);
  EXPECT_THAT(Run(), ElementsAre(std::pair(1, kPropagation), std::pair(2, kPropagation),
                                 std::pair(3, kPropagation)));
  EXPECT_EQ(recorder_.Count(TraceKind::kPacketQueued), 0);
}

TEST_F(LinkTest, ABurstLeavesOneAfterTheOther) {
  Connect(Plain());
  for (int i = 1; i <= 3; ++i) SendAt(Duration(), i);
  const auto arrival = [](int n) { return n * kTransmission + kPropagation; };
  EXPECT_THAT(Run(), ElementsAre(std::pair(1, arrival(1)), std::pair(2, arrival(2)),
                                 std::pair(3, arrival(3))));
  std::vector<Duration> sent;
  for (const auto& entry : recorder_.Of(TraceKind::kPacketSent)) {
    sent.push_back(entry.event.time.since_start);
  }
  EXPECT_THAT(sent, ElementsAre(Duration(), kTransmission, 2 * kTransmission));
  // A record of waiting tells how many bytes were ahead in the queue.
  std::vector<int64_t> ahead;
  for (const auto& entry : recorder_.Of(TraceKind::kPacketQueued)) {
    ahead.push_back(entry.event.value);
  }
  EXPECT_THAT(ahead, ElementsAre(0, 1000));
}

TEST_F(LinkTest, APacketJustWhenTheLinkFallsIdleDoesNotWait) {
  Connect(Plain());
  SendAt(Duration(), 1);
  SendAt(kTransmission, 2);
  EXPECT_THAT(Run(), ElementsAre(std::pair(1, kTransmission + kPropagation),
                                 std::pair(2, 2 * kTransmission + kPropagation)));
  EXPECT_EQ(recorder_.Count(TraceKind::kPacketQueued), 0);
}

// One that comes in the very moment when a waiting one may leave goes behind it.
TEST_F(LinkTest, OrderIsKeptAmongThoseOfOneMoment) {
  Connect(Plain());
  SendAt(Duration(), 1);
  SendAt(Duration(), 2);
  SendAt(kTransmission, 3);
  std::vector<int> order;
  for (const auto& [number, time] : Run()) order.push_back(number);
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST_F(LinkTest, AFullQueueDropsTheNewestAndSaysSo) {
  LinkConfig config = Plain();
  config.queue = std::make_unique<DropTailQueue>(/*limit_packets=*/2, /*limit_bytes=*/0);
  Connect(std::move(config));
  for (int i = 1; i <= 5; ++i) SendAt(Duration(), i);  // one leaves, two wait
  std::vector<int> order;
  for (const auto& [number, time] : Run()) order.push_back(number);
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
  EXPECT_EQ(recorder_.Drops("queue_full"), 2);
}

TEST_F(LinkTest, AQueueInBytesCountsTheWholePacket) {
  LinkConfig config = Plain();
  config.queue = std::make_unique<DropTailQueue>(/*limit_packets=*/0, /*limit_bytes=*/2500);
  Connect(std::move(config));
  for (int i = 1; i <= 4; ++i) SendAt(Duration(), i);
  SendAt(Duration(), 5, 500);  // this one still fits
  std::vector<int> order;
  for (const auto& [number, time] : Run()) order.push_back(number);
  EXPECT_THAT(order, ElementsAre(1, 2, 3, 5));
  EXPECT_EQ(recorder_.Drops("queue_full"), 1);
}

TEST_F(LinkTest, ExtraDelayReordersInTheInbox) {
  LinkConfig config = Plain();
  config.impairments.push_back(
      std::make_unique<Delay>(std::vector<Duration>{100 * kMs, 50 * kMs, Duration(), 60 * kMs}));
  Connect(std::move(config));
  for (int i = 1; i <= 5; ++i) SendAt(Duration(), i);
  const auto arrival = [](int n, int extra) {
    return n * kTransmission + kPropagation + extra * kMs;
  };
  EXPECT_THAT(Run(), ElementsAre(std::pair(3, arrival(3, 0)), std::pair(5, arrival(5, 0)),
                                 std::pair(2, arrival(2, 50)), std::pair(4, arrival(4, 60)),
                                 std::pair(1, arrival(1, 100))));
}

TEST_F(LinkTest, ArrivalsOfOneMomentKeepTheOrderOfSending) {
  LinkConfig config = Plain();
  config.impairments.push_back(
      std::make_unique<Delay>(std::vector<Duration>{2 * kTransmission, kTransmission}));
  Connect(std::move(config));
  for (int i = 1; i <= 3; ++i) SendAt(Duration(), i);
  const Duration at = 3 * kTransmission + kPropagation;
  EXPECT_THAT(Run(), ElementsAre(std::pair(1, at), std::pair(2, at), std::pair(3, at)));
}

TEST_F(LinkTest, ARateChangeHoldsForPacketsThatBeginToLeaveFromThen) {
  LinkConfig config = Plain();
  config.rate_changes = {{SimTime{4 * kMs}, DataRate::BitsPerSecond(8'000'000)},
                         {SimTime{9 * kMs}, DataRate::BitsPerSecond(2'000'000)}};
  Connect(std::move(config));
  for (int i = 1; i <= 3; ++i) SendAt(Duration(), i);
  // The first leaves at 0 at 1 Mbit/s: 8 ms. The second at 8 ms at 8 Mbit/s: 1 ms. The third at
  // 9 ms, when the rate is 2 Mbit/s: 4 ms.
  EXPECT_THAT(
      Run(), ElementsAre(std::pair(1, 8 * kMs + kPropagation), std::pair(2, 9 * kMs + kPropagation),
                         std::pair(3, 13 * kMs + kPropagation)));
}

// [departure, arrival] overlaps [20 ms, 30 ms): lost, whichever way the outage is told.
class OutageTest : public LinkTest, public testing::WithParamInterface<bool> {};

TEST_P(OutageTest, TakesWhatIsOnTheLinkMeanwhile) {
  LinkConfig config;
  config.propagation = kPropagation;
  const SimTime down{20 * kMs}, up{30 * kMs};
  if (GetParam()) config.outages = {{down, up}};
  Connect(std::move(config));
  if (!GetParam()) {
    for (Interface* end : {a_, b_}) {
      simulator_.ScheduleAction(down, end->node(), [end] { end->SetUp(false); });
      simulator_.ScheduleAction(up, end->node(), [end] { end->SetUp(true); });
    }
  }
  const Duration tick = Duration::Nanos(1);
  SendAt(Duration(), 1);
  SendAt(10 * kMs - tick, 2);  // arrives just before
  SendAt(10 * kMs, 3);         // arrives as it begins
  SendAt(15 * kMs, 4);
  SendAt(20 * kMs, 5);
  SendAt(30 * kMs - tick, 6);  // leaves just before it ends
  SendAt(30 * kMs, 7);         // leaves as it ends
  std::vector<int> arrived;
  for (const auto& [number, time] : Run()) arrived.push_back(number);
  EXPECT_THAT(arrived, ElementsAre(1, 2, 7));
  EXPECT_EQ(recorder_.Drops("link_down"), 4);
}
INSTANTIATE_TEST_SUITE_P(ByConfigAndByEvent, OutageTest, testing::Bool());

TEST_F(LinkTest, AnOutageShorterThanTheDelayIsNotSurvived) {
  LinkConfig config;
  config.propagation = 100 * kMs;
  Connect(std::move(config));
  for (Interface* end : {a_, b_}) {
    simulator_.ScheduleAction(SimTime{50 * kMs}, end->node(), [end] { end->SetUp(false); });
    simulator_.ScheduleAction(SimTime{51 * kMs}, end->node(), [end] { end->SetUp(true); });
  }
  SendAt(Duration(), 1);
  EXPECT_THAT(Run(), IsEmpty());
  EXPECT_EQ(recorder_.Drops("link_down"), 1);
}

TEST_F(LinkTest, GoingDownFlushesTheQueueAndComingUpBeginsAnew) {
  Connect(Plain());
  for (int i = 1; i <= 4; ++i) SendAt(Duration(), i);
  simulator_.ScheduleAction(SimTime{kMs}, a_->node(), [this] { a_->SetUp(false); });
  simulator_.ScheduleAction(SimTime{2 * kMs}, a_->node(), [this] { a_->SetUp(true); });
  SendAt(20 * kMs, 9);
  std::vector<int> arrived;
  for (const auto& [number, time] : Run()) arrived.push_back(number);
  EXPECT_THAT(arrived, ElementsAre(1, 9));  // this end alone was down: what had left goes on
  EXPECT_EQ(recorder_.Drops("link_down"), 3);
}

TEST_F(LinkTest, WhatArrivesWhereNothingListensIsDropped) {
  Connect(Plain());
  b_->set_upper(nullptr);
  SendAt(Duration(), 1);
  Run();
  EXPECT_EQ(recorder_.Drops("no_upper_layer"), 1);
}

TEST_F(LinkTest, EachDirectionHasItsOwnConfiguration) {
  LinkConfig back;
  back.propagation = 3 * kMs;
  back.mtu = 600;
  Connect(Plain(), std::move(back));
  EXPECT_EQ(a_->mtu(), 1500u);
  EXPECT_EQ(b_->mtu(), 600u);
  Sink at_a(a_->node());
  a_->set_upper(&at_a);
  simulator_.ScheduleAction(SimTime(), b_->node(), [this] {
    Packet packet = b_->node().NewPacket(1);
    packet.mutable_bytes()[0] = 7;
    b_->Send(std::move(packet));
  });
  Run();
  EXPECT_THAT(at_a.arrivals, ElementsAre(std::pair(7, 3 * kMs)));
}

// A delay that leads beyond the end of time must not wrap around into the past.
TEST_F(LinkTest, WhatIsDelayedForEverNeverArrives) {
  LinkConfig config;
  config.impairments.push_back(
      std::make_unique<Delay>(std::vector<Duration>{Duration::Infinite(), Duration()}));
  Connect(std::move(config));
  SendAt(kMs, 1);
  SendAt(2 * kMs, 2);
  std::vector<int> arrived;
  for (const auto& [number, time] : Run()) arrived.push_back(number);
  EXPECT_THAT(arrived, ElementsAre(2));
  EXPECT_EQ(simulator_.RunUntil(SimTime::Infinite()), StopReason::kNoMoreEvents);
  EXPECT_EQ(sink_->arrivals.size(), 1u);
}

using LinkDeathTest = LinkTest;
TEST_F(LinkDeathTest, APacketBeyondTheMtuIsOurBug) {
  Connect(Plain());
  SendAt(Duration(), 1, 1501);
  EXPECT_DEATH(Run(), "mtu");
}

// The chain of records of a packet that waited: queued, sent, delivered.
TEST_F(LinkTest, RecordsNameTheOnesBeforeThem) {
  Connect(Plain());
  SendAt(Duration(), 1);
  SendAt(Duration(), 2);
  Run();
  const auto queued = recorder_.Of(TraceKind::kPacketQueued);
  const auto sent = recorder_.Of(TraceKind::kPacketSent);
  const auto delivered = recorder_.Of(TraceKind::kPacketDelivered);
  ASSERT_EQ(queued.size(), 1u);
  EXPECT_EQ(sent[1].event.cause, queued[0].event.ref);
  EXPECT_EQ(delivered[1].event.packet, sent[1].event.ref);
  EXPECT_EQ(delivered[1].event.cause, sent[1].event.ref);
}

}  // namespace
}  // namespace tickwire
