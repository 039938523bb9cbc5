// SendQueue: the schedulers of RFC 8260 section 3, one by one and against a slow oracle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "protocols/sctp/tx/outstanding_data.h"
#include "protocols/sctp/tx/send_queue.h"
#include "sim_core/random/rng.h"

namespace tickwire::sctp {
namespace {

constexpr size_t kMost = 1000;

void Add(SendQueue& queue, uint16_t stream, size_t size, SimTime now = SimTime(),
         Reliability reliability = {}) {
  OutgoingMessage message;
  message.stream = StreamId{stream};
  message.reliability = reliability;
  message.data.resize(size);
  queue.Add(std::move(message), now);
}

// The streams of the fragments, in the order in which they come out.
std::string Order(SendQueue& queue, size_t most = kMost) {
  std::string order;
  while (const auto fragment = queue.Produce(most, SimTime())) {
    absl::StrAppend(&order, fragment->stream.value);
  }
  return order;
}

TEST(SendQueue, FirstComeFirstServedKeepsTheOrderOfTheUser) {  // RFC 8260 section 3.1
  SendQueue queue(SchedulerKind::kFirstComeFirstServed, false, 5);
  for (const uint16_t stream : {3, 1, 1, 0, 3, 2}) Add(queue, stream, 10);
  EXPECT_EQ(Order(queue), "311032");
}

TEST(SendQueue, RoundRobinTakesTurnsByMessage) {  // section 3.2
  SendQueue queue(SchedulerKind::kRoundRobin, false, 5);
  for (const uint16_t stream : {1, 1, 1, 3, 3, 4}) Add(queue, stream, 10);
  EXPECT_EQ(Order(queue), "134131");
}

// Without interleaving a message is finished before another begins (RFC 9260 section 6.9); with it
// the turn is by chunk.
TEST(SendQueue, RoundRobinTakesTurnsByChunkOnlyWithInterleaving) {
  for (const bool interleaved : {false, true}) {
    SendQueue queue(SchedulerKind::kRoundRobin, interleaved, 5);
    Add(queue, 1, 30);
    Add(queue, 2, 30);
    EXPECT_EQ(Order(queue, 10), interleaved ? "121212" : "111222");
  }
}

TEST(SendQueue, RoundRobinPerPacketFillsAPacketFromOneStream) {  // section 3.3
  SendQueue queue(SchedulerKind::kRoundRobinPerPacket, false, 5);
  for (const uint16_t stream : {1, 1, 1, 2, 2, 2}) Add(queue, stream, 10);
  std::string order;
  for (int i = 0; i < 6; ++i) {
    absl::StrAppend(&order, queue.Produce(kMost, SimTime())->stream.value);
    if (i % 2 == 1) queue.OnPacketEnd();
  }
  EXPECT_EQ(order, "112212");
}

TEST(SendQueue, PriorityGivesTheLowestNumberFirstAndTurnsToEqualOnes) {  // section 3.5
  SendQueue queue(SchedulerKind::kPriority, false, 5);
  queue.set_stream_value(StreamId{0}, 7);
  queue.set_stream_value(StreamId{1}, 2);
  queue.set_stream_value(StreamId{2}, 2);
  queue.set_stream_value(StreamId{3}, 9);
  for (const uint16_t stream : {3, 0, 1, 1, 2, 2, 0}) Add(queue, stream, 10);
  EXPECT_EQ(Order(queue), "1212003");
}

// Section 3.4: equal bytes, not equal messages: stream 1 sends 300 bytes at a time, stream 2 100.
TEST(SendQueue, FairBandwidthCountsBytes) {
  SendQueue queue(SchedulerKind::kFairBandwidth, false, 5);
  for (int i = 0; i < 3; ++i) Add(queue, 1, 300);
  for (int i = 0; i < 9; ++i) Add(queue, 2, 100);
  // Virtual times: 1 at 300, 2 at 100, 200, 300; then the lower stream of equal ones.
  EXPECT_EQ(Order(queue), "122212221222");
}

// Section 3.6: of equal messages a stream of weight 3 gives three while one of weight 1 gives one.
TEST(SendQueue, WeightedFairCountsBytesByWeight) {
  SendQueue queue(SchedulerKind::kWeightedFair, false, 5);
  queue.set_stream_value(StreamId{1}, 1);
  queue.set_stream_value(StreamId{2}, 3);
  for (int i = 0; i < 3; ++i) Add(queue, 1, 100);
  for (int i = 0; i < 9; ++i) Add(queue, 2, 100);
  EXPECT_EQ(Order(queue), "122212221222");
}

TEST(SendQueue, AChangeOfSchedulerIsObeyedAtOnce) {
  SendQueue queue(SchedulerKind::kFirstComeFirstServed, false, 5);
  for (const uint16_t stream : {4, 4, 1, 2, 1}) Add(queue, stream, 10);
  queue.set_scheduler(SchedulerKind::kRoundRobin);
  EXPECT_EQ(Order(queue), "12414");
}

TEST(SendQueue, APausedStreamGivesNothingButTheRestOfItsMessage) {  // RFC 6525 section 5.1.2
  SendQueue queue(SchedulerKind::kFirstComeFirstServed, true, 5);
  for (const uint16_t stream : {1, 1, 2}) Add(queue, stream, 20);
  EXPECT_EQ(queue.Produce(10, SimTime())->stream.value, 1);
  const StreamId paused[] = {StreamId{1}};
  queue.PauseStreams(paused);
  EXPECT_FALSE(queue.AreBetweenMessages(paused));
  EXPECT_EQ(Order(queue, 20), "12");
  EXPECT_TRUE(queue.AreBetweenMessages(paused));
  EXPECT_EQ(queue.queued_messages(), 1u);
  queue.ResumeStreams(paused);
  EXPECT_EQ(Order(queue), "1");
}

// RFC 7496 section 4.3: the least important first; the lowest stream of equal ones.
TEST(SendQueue, TheLeastImportantMessagesAreDroppedUntilThereIsRoom) {
  SendQueue queue(SchedulerKind::kFirstComeFirstServed, false, 5);
  const auto priority = [](uint32_t value) {
    return Reliability{.policy = Reliability::Policy::kPriority, .priority = value};
  };
  Add(queue, 2, 100, SimTime(), priority(9));
  Add(queue, 1, 100, SimTime(), priority(9));
  Add(queue, 0, 100, SimTime(), priority(5));
  Add(queue, 0, 100, SimTime(), priority(4));
  const auto dropped = queue.DropLessImportant(4, 250);
  std::string streams;
  for (const OutgoingMessage& one : dropped) absl::StrAppend(&streams, one.stream.value);
  EXPECT_EQ(streams, "120");
  EXPECT_EQ(queue.queued_bytes(), 100);
  EXPECT_TRUE(queue.DropLessImportant(~0u, 1).empty());
}

// RFC 3758 section 3.5, A3 and C2: all fragments of a message are abandoned at the same time, those
// that a gap block has reported as well; so the Advanced.Peer.Ack.Point passes them.
TEST(OutstandingData, AMessageIsAbandonedWithTheFragmentsThatArrived) {
  OutstandingData data(/*next=*/100, /*chunk_header=*/16);
  for (int i = 0; i < 4; ++i) {
    OutgoingFragment fragment;
    fragment.message_id = i < 3 ? 1 : 2;
    fragment.data.resize(10);
    data.Add(std::move(fragment), /*path=*/0, SimTime());
  }
  const SackChunk::GapAckBlock second[] = {{.start = 2, .end = 2}};  // TSN 101
  data.OnSack(99, second, /*in_fast_recovery=*/false, /*paths=*/1, SimTime());
  data.Abandon(100);
  EXPECT_EQ(data.AdvancedPeerAckPoint(), 102);
  // What arrives after all changes nothing.
  const SackChunk::GapAckBlock both[] = {{.start = 2, .end = 3}};  // 101 and 102
  data.OnSack(99, both, /*in_fast_recovery=*/false, /*paths=*/1, SimTime());
  EXPECT_EQ(data.AdvancedPeerAckPoint(), 102);
  EXPECT_EQ(data.flight(0), 28);  // the other message: 16 + 10, padded
  EXPECT_TRUE(data.IsConsistent());
}

// The same rules, by looking at everything every time.
class Oracle {
 public:
  Oracle(SchedulerKind kind, int streams) : kind_(kind), streams_(static_cast<size_t>(streams)) {}
  struct Item {
    size_t left = 0;
    bool begun = false;
    SimTime expires = SimTime::Infinite();
    uint64_t id = 0;
  };
  struct Stream {
    std::deque<Item> items;
    bool paused = false;
    int value = 1;
  };
  void Add(int stream, size_t size, SimTime expires) {
    streams_[static_cast<size_t>(stream)].items.push_back({size, false, expires, next_id_++});
  }
  // The next stream; -1: none.
  int Produce(size_t most, SimTime now) {
    if (current_ < 0) {
      for (Stream& stream : streams_) {
        while (!stream.items.empty() && !stream.items.front().begun &&
               stream.items.front().expires <= now) {
          stream.items.pop_front();
          ++expired;
        }
      }
    }
    const int chosen = current_ >= 0 ? current_ : Choose();
    if (chosen < 0) return -1;
    Item& item = streams_[static_cast<size_t>(chosen)].items.front();
    item.begun = true;
    item.left -= std::min(item.left, most);
    current_ = item.left > 0 ? chosen : -1;
    if (item.left == 0) streams_[static_cast<size_t>(chosen)].items.pop_front();
    last_ = chosen;
    return chosen;
  }
  Stream& stream(int i) { return streams_[static_cast<size_t>(i)]; }
  size_t expired = 0;

 private:
  int Choose() {
    int best = -1;
    const int count = static_cast<int>(streams_.size());
    for (int step = 1; step <= count; ++step) {
      const int i =
          kind_ == SchedulerKind::kFirstComeFirstServed ? step - 1 : (last_ + step) % count;
      const Stream& stream = streams_[static_cast<size_t>(i)];
      if (stream.items.empty() || stream.paused) continue;
      if (best < 0 || IsBefore(stream, streams_[static_cast<size_t>(best)])) best = i;
    }
    return best;
  }
  bool IsBefore(const Stream& a, const Stream& b) const {
    if (kind_ == SchedulerKind::kFirstComeFirstServed) {
      return a.items.front().id < b.items.front().id;
    }
    return kind_ == SchedulerKind::kPriority && a.value < b.value;
  }
  const SchedulerKind kind_;
  std::vector<Stream> streams_;
  int current_ = -1;
  int last_ = -1;
  uint64_t next_id_ = 0;
};

TEST(SendQueue, AgreesWithASlowOracle) {
  for (const SchedulerKind kind : {SchedulerKind::kFirstComeFirstServed, SchedulerKind::kRoundRobin,
                                   SchedulerKind::kPriority}) {
    for (uint64_t seed = 0; seed < 30; ++seed) {
      Rng rng = Rng::ForStream({.seed = seed}, "test", "send queue");
      const int streams = static_cast<int>(1 + rng.Below(12));
      const auto draw_stream = [&] { return static_cast<int>(rng.Below(uint64_t(streams))); };
      SendQueue queue(kind, false, static_cast<uint16_t>(streams));
      Oracle oracle(kind, streams);
      SimTime now;
      size_t expired = 0;
      for (int step = 0; step < 1000; ++step) {
        const int stream = draw_stream();
        const StreamId id[] = {StreamId{static_cast<uint16_t>(stream)}};
        switch (rng.Below(8)) {
          case 0:
          case 1:
          case 2: {
            const size_t size = 1 + rng.Below(3000);
            Reliability reliability;
            SimTime expires = SimTime::Infinite();
            if (rng.Below(4) == 0) {
              reliability.policy = Reliability::Policy::kTimed;
              reliability.lifetime = Duration::Millis(static_cast<int64_t>(rng.Below(100)));
              expires = now + reliability.lifetime;
            }
            Add(queue, id[0].value, size, now, reliability);
            oracle.Add(stream, size, expires);
            break;
          }
          case 3:
            if (rng.Below(2) == 0) {
              queue.PauseStreams(id);
              oracle.stream(stream).paused = true;
            } else {
              queue.ResumeStreams(id);
              oracle.stream(stream).paused = false;
            }
            break;
          case 4: {
            const auto value = static_cast<uint16_t>(rng.Below(4));
            queue.set_stream_value(id[0], value);
            oracle.stream(stream).value = value;
            break;
          }
          case 5:
            now = now + Duration::Millis(static_cast<int64_t>(rng.Below(20)));
            break;
          default: {
            const size_t most = 200 + rng.Below(2000);
            const auto fragment = queue.Produce(most, now);
            const int expected = oracle.Produce(most, now);
            ASSERT_EQ(fragment ? fragment->stream.value : -1, expected)
                << "seed " << seed << " step " << step;
            expired += queue.TakeAbandoned().size();
            ASSERT_EQ(expired, oracle.expired);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace tickwire::sctp
