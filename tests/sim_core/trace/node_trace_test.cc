#include "sim_core/trace/node_trace.h"

#include <gtest/gtest.h>

#include "tests/support/recorder.h"

namespace tickwire {
namespace {

constexpr TraceLabel kLabel{"label", "a rule"};
constexpr TraceLabel kOther{"other"};

struct Pen {
  explicit Pen(const std::string& node = "n", uint32_t id = 1)
      : trace(NodeId{id}, node, now), entity(trace.NewEntity("thing")) {}
  SimTime now;
  NodeTrace trace;
  TraceEntity entity;
};

TEST(NodeTrace, CanonicalRecordsAreNumberedFromOne) {
  Pen pen;
  EXPECT_EQ(pen.trace.State(pen.entity, kLabel, kOther), (RecordRef{NodeId{1}, 1}));
  EXPECT_EQ(pen.trace.Action(pen.entity, kLabel), (RecordRef{NodeId{1}, 2}));
  EXPECT_EQ(pen.trace.TimerSet(pen.entity, kLabel, Duration::Millis(1)), (RecordRef{NodeId{1}, 3}));
  EXPECT_EQ(pen.trace.record_count(), 3u);
}

TEST(NodeTrace, SamplesMessagesAndNotesTakeNoNumberAndTouchNoDigest) {
  Pen watched, plain;
  Recorder recorder;
  watched.trace.set_sink(&recorder);
  for (Pen* pen : {&watched, &plain}) pen->trace.State(pen->entity, kLabel, kOther);
  watched.trace.Sample(watched.entity, kLabel, 5);
  watched.trace.Message(watched.entity, kLabel, {});
  watched.trace.Note(watched.entity, kLabel, "text");
  EXPECT_EQ(watched.trace.record_count(), 1u);
  EXPECT_EQ(watched.trace.digest(), plain.trace.digest());
  ASSERT_EQ(recorder.entries.size(), 4u);
  EXPECT_EQ(recorder.entries[3].event.ref, (RecordRef{NodeId{1}, 1}));  // the latest canonical one
}

TEST(NodeTrace, EveryFieldOfARecordChangesTheDigest) {
  const auto digest = [](auto act) {
    Pen pen;
    act(pen);
    return pen.trace.digest();
  };
  const auto packet = [](Pen& pen, TraceKind kind, int64_t value, uint64_t hash) {
    pen.trace.Packet({.kind = kind,
                      .place = pen.entity,
                      .label = nullptr,
                      .value = value,
                      .packet_hash = hash,
                      .bytes = {}});
  };
  const std::vector<Digest> digests = {
      Digest{},
      digest([](Pen& p) { p.trace.State(p.entity, kLabel, kOther); }),
      digest([](Pen& p) { p.trace.State(p.entity, kOther, kOther); }),
      digest([](Pen& p) { p.trace.State(p.entity, kLabel, kLabel); }),
      digest([](Pen& p) { p.trace.State({}, kLabel, kOther); }),
      digest([](Pen& p) { p.trace.State(p.trace.NewEntity("else"), kLabel, kOther); }),
      digest([](Pen& p) {
        p.now = SimTime::FromNanos(1);
        p.trace.State(p.entity, kLabel, kOther);
      }),
      digest([](Pen& p) { p.trace.Action(p.entity, kLabel); }),
      digest([](Pen& p) { p.trace.TimerSet(p.entity, kLabel, Duration::Nanos(1)); }),
      digest([](Pen& p) { p.trace.TimerSet(p.entity, kLabel, Duration::Nanos(2)); }),
      digest([&](Pen& p) { packet(p, TraceKind::kPacketSent, 1, 1); }),
      digest([&](Pen& p) { packet(p, TraceKind::kPacketSent, 2, 1); }),
      digest([&](Pen& p) { packet(p, TraceKind::kPacketSent, 1, 2); }),
      digest([&](Pen& p) { packet(p, TraceKind::kPacketQueued, 1, 1); }),
      digest([](Pen& p) {
        p.trace.State(p.entity, kLabel, kOther);
        p.trace.State(p.entity, kLabel, kOther);
      }),
      digest([](Pen& p) {
        p.trace.Action(p.entity, kLabel);
        p.trace.State(p.entity, kLabel, kOther);
      }),
      digest([](Pen& p) {
        p.trace.Action(p.entity, kLabel);
        p.trace.set_cause({});
        p.trace.State(p.entity, kLabel, kOther);
      }),
  };
  for (size_t i = 0; i < digests.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_NE(digests[i], digests[j]) << i << " " << j;
  }
}

// Ids and the rank of the node depend on who else is there; rules are for people.
TEST(NodeTrace, IdsSinksAndRulesDoNotChangeTheDigest) {
  static constexpr TraceLabel kSameName{"label", "said otherwise"};
  Pen one("n", 1), nine("n", 9);
  Recorder recorder;
  nine.trace.set_sink(&recorder);
  nine.trace.NewEntity("another");
  const TraceEntity thing = nine.trace.NewEntity("thing");
  ASSERT_NE(thing.id, one.entity.id);
  one.trace.State(one.entity, kLabel, kOther);
  nine.trace.State(thing, kSameName, kOther);
  EXPECT_EQ(one.trace.digest(), nine.trace.digest());
}

// What was stored with a packet does not matter, only its hash.
TEST(NodeTrace, StoredBytesDoNotChangeTheDigest) {
  const uint8_t bytes[] = {1, 2, 3};
  Pen with, without;
  for (Pen* pen : {&with, &without}) {
    NodeTrace::PacketRecord record{.kind = TraceKind::kPacketSent,
                                   .place = pen->entity,
                                   .label = nullptr,
                                   .value = 3,
                                   .packet_hash = 77,
                                   .bytes = {}};
    if (pen == &with) record.bytes = bytes;
    pen->trace.Packet(record);
  }
  EXPECT_EQ(with.trace.digest(), without.trace.digest());
}

TEST(NodeTrace, ArrivalsFiredTimersAndActionsBecomeTheCause) {
  Pen pen;
  const RecordRef set = pen.trace.TimerSet(pen.entity, kLabel, Duration::Millis(1));
  EXPECT_FALSE(pen.trace.cause().has_value());
  const RecordRef fired = pen.trace.TimerFired(pen.entity, kLabel, set, Duration::Millis(1));
  EXPECT_EQ(pen.trace.cause(), fired);
  const RecordRef sent{NodeId{2}, 40};
  NodeTrace::PacketRecord record{.kind = TraceKind::kPacketDropped,
                                 .place = pen.entity,
                                 .packet = sent,
                                 .label = nullptr,
                                 .value = 0,
                                 .packet_hash = 0,
                                 .bytes = {}};
  pen.trace.Packet(record);
  EXPECT_EQ(pen.trace.cause(), fired);  // a drop leads to nothing
  record.kind = TraceKind::kPacketDelivered;
  const RecordRef delivered = pen.trace.Packet(record);
  EXPECT_EQ(pen.trace.cause(), delivered);
  EXPECT_EQ(pen.trace.cause(), pen.trace.cause());
  const RecordRef action = pen.trace.Action({}, kLabel);
  EXPECT_EQ(pen.trace.cause(), action);
}

}  // namespace
}  // namespace tickwire
