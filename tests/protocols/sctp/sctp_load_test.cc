// Much of everything: memory of idle associations and under a flood of INITs, many associations of
// one endpoint, many streams given up at once.
#include <gtest/gtest.h>

#include "tests/support/sctp_bulk.h"
#include "tests/support/sctp_world.h"

namespace tickwire::sctp {
namespace {

// What the project allows one end of an idle association: all objects and its share of the tables.
// (Sanitizers count no bytes: there this only runs.)
TEST(SctpLoad, AnIdleAssociationHoldsAtMostTwoKilobytesEachEnd) {
  EXPECT_LE(IdleAssociationBytes(/*callers=*/128, /*listeners=*/128), 2048);
}

// RFC 9260 section 5.1.3: an INIT leaves nothing behind. 10,000 INITs are one action of the
// simulator, which keeps some bytes for each until the run ends.
TEST(SctpLoad, AFloodOfInitsLeavesNothingBehind) {
  constexpr int64_t kInits = 100'000;
  EXPECT_LE(InitFloodGrowth(kInits), 200.0 * kInits / 10'000);
}

TEST(SctpLoad, OneEndpointHoldsManyAssociations) {
  EXPECT_GT(IdleAssociationBytes(/*callers=*/5000, /*listeners=*/1), -1);  // checks itself
}

// RFC 3758 section 3.5, C4: a FORWARD TSN that does not fit a packet goes up to the last TSN that
// does; the rest follows.
TEST(SctpLoad, AForwardTsnOfManyStreamsFitsThePath) {
  constexpr size_t kMtu = 576;
  constexpr uint16_t kStreams = 600;
  for (const bool interleaving : {false, true}) {
    SctpWorld w(1, Duration::Millis(10), kMtu);
    w.config_a.outbound_streams = kStreams;
    w.config_a.interleaving = w.config_z.interleaving = interleaving;
    w.Open();
    // A window that lets many small messages out.
    for (int i = 0; i < 200; ++i) w.Send(w.user_a, std::string(500, 'w'));
    w.Run(Duration::Millis(500));  // less than an RTO: an idle window shrinks
    ASSERT_EQ(w.user_z.messages.size(), 200u);
    w.user_z.messages.clear();
    w.recorder.entries.clear();

    Interface& out = w.simulator.node("a").interfaces().front();
    w.Do("a", [&] { out.SetUp(false); });
    Reliability once;
    once.policy = Reliability::Policy::kRetransmissions;
    for (uint16_t stream = 0; stream < kStreams; ++stream) {
      w.Send(w.user_a, "lost", stream, /*unordered=*/false, once);
    }
    // (576 - 20 - 12 - 8) / 4 = 134 streams fit a FORWARD TSN, 67 an I-FORWARD-TSN.
    ASSERT_GT(w.user_a.association->outstanding()->size(), 134u);
    w.Run(Duration::Seconds(2));  // T3-rtx: all that were sent are given up
    w.Do("a", [&] { out.SetUp(true); });
    w.Run(Duration::Seconds(60));
    EXPECT_GT(w.user_a.failed, 134);
    EXPECT_EQ(w.user_a.association->unacked_bytes(), 0);
    EXPECT_EQ(w.user_a.association->queued_bytes(), 0);
    // What was not under way when the path was down arrived; and every stream goes on.
    EXPECT_EQ(w.user_z.messages.size() + static_cast<size_t>(w.user_a.failed), kStreams);
    w.user_z.messages.clear();
    for (uint16_t stream = 0; stream < kStreams; ++stream) w.Send(w.user_a, "goes on", stream);
    w.Run(Duration::Seconds(20));
    EXPECT_EQ(w.user_z.messages.size(), kStreams);
    int forwards = 0;
    for (const Recorder::Entry& entry : w.recorder.Of(TraceKind::kPacketSent)) {
      EXPECT_LE(entry.bytes.size(), kMtu);
      if (entry.bytes.size() < 33) continue;
      std::span<const uint8_t> rest = std::span<const uint8_t>(entry.bytes).subspan(32);
      while (const std::optional<ChunkView> chunk = TakeChunk(rest)) {
        if (chunk->type == (interleaving ? IForwardTsnChunk::kType : ForwardTsnChunk::kType)) {
          ++forwards;
        }
      }
    }
    EXPECT_GE(forwards, 2);
  }
}

// RFC 4895 section 6.1: the keys of a restarted association are made of the new random numbers.
// And the numbers of messages begin anew (RFC 8260 section 2.1).
TEST(SctpRestart, AuthenticatedAndInterleavedDataPassesAfterIt) {
  SctpWorld w;
  for (SctpConfig* config : {&w.config_a, &w.config_z}) {
    config->interleaving = true;
    config->authentication = true;
    config->authenticated_chunks = {3, 64};
  }
  w.Open();
  for (int round = 0; round < 2; ++round) {
    w.Send(w.user_a, "there");
    w.Send(w.user_z, "back");
    w.Run(Duration::Seconds(1));
    ASSERT_EQ(w.user_z.messages.size(), 1u);
    ASSERT_EQ(w.user_a.messages.size(), 1u);
    if (round == 1) break;
    w.user_a.messages.clear();
    w.user_z.messages.clear();
    w.Do("a", [&] { w.at_a->PowerOff(); });
    w.Connect();
    w.Run(Duration::Seconds(1));
    ASSERT_EQ(w.user_z.told.back(), "restart");
  }
  EXPECT_EQ(w.user_a.association->unacked_bytes() + w.user_z.association->unacked_bytes(), 0);
}

// RFC 9260 section 9.2: who has received a SHUTDOWN sends what waits. It is acknowledged by
// SHUTDOWN chunks, which tell no window: the one of the last SACK still holds.
TEST(SctpShutdown, WhatWaitsGoesOnAtFullSpeed) {
  SctpWorld w;  // round trip 20 ms
  w.config_z.receive_buffer = 64 << 10;
  w.Open();
  constexpr int kMessages = 700;
  for (int i = 0; i < kMessages; ++i) {
    ASSERT_EQ(w.Send(w.user_a, std::string(1400, 'w')), Association::SendResult::kAccepted);
  }
  w.Do("z", [&] { w.user_z.association->Shutdown(); });
  // 980 kB by 64 KiB each 20 ms: 0.3 s, and a second for slow start. By probes of a window thought
  // closed it would be 700 RTOs of 1 s.
  w.Run(Duration::Seconds(2));
  EXPECT_EQ(w.user_z.messages.size(), static_cast<size_t>(kMessages));
  EXPECT_EQ(w.user_a.told.back(), "shutdown complete");
  EXPECT_EQ(w.user_z.told.back(), "shutdown complete");
}

}  // namespace
}  // namespace tickwire::sctp
