// Reductions that were for nothing: F-RTO (RFC 5682), Eifel by timestamps (RFC 3522, 4015), D-SACK;
// and a path MTU that falls.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/protocols/tcp/sender_world.h"

namespace tickwire::tcp {
namespace {

using Kind = LossRecoveryKind;
using State = SenderState;

struct FrtoWorld : SenderWorld {
  explicit FrtoWorld(Kind kind) : SenderWorld(kind) { config.frto = true; }
  // Ten segments are out when the timer expires.
  void TimeOut(TcpSender::Start start = {}) {
    Begin(10, start);
    Write(100);
    Take();
    Wait(Duration::Millis(300));
    EXPECT_EQ(Take(), "0!");
  }
};

TEST(Frto, TwoAcksThatAdvanceShowTheTimeoutSpurious) {  // section 2.1
  FrtoWorld w(Kind::kNewReno);
  w.TimeOut();
  w.Ack(1);
  EXPECT_EQ(w.Take(), "10 11");  // step 2b: two new segments instead of 1 and 2
  w.Ack(2);                      // step 3b
  EXPECT_EQ(w.sender->state(), State::kOpen);
  EXPECT_EQ(w.sender->counters().undone, 1u);
  // RFC 4015 section 3.1 step (9): ssthresh = pipe_prev was infinite.
  EXPECT_EQ(w.ssthresh(), kInfiniteWindow);
  EXPECT_GE(w.cwnd(), 10 * kMss);
}

TEST(Frto, ADuplicateAfterTheFirstMeansItWasRight) {  // step 3a
  FrtoWorld w(Kind::kNewReno);
  w.TimeOut();
  w.Ack(1);
  w.Take();
  w.Ack(1);
  EXPECT_EQ(w.sender->state(), State::kLoss);
  EXPECT_LE(w.cwnd(), 3 * kMss);
  EXPECT_THAT(w.Take(), testing::StartsWith("1! 2!"));
  EXPECT_EQ(w.sender->counters().undone, 0u);
}

TEST(Frto, ADuplicateAtOnceMeansItToo) {  // step 2a
  FrtoWorld w(Kind::kNewReno);
  w.TimeOut();
  w.Ack(0);
  w.Ack(1);
  EXPECT_EQ(w.Take(), "1! 2!");
}

TEST(Frto, WithoutNewDataItResendsAsEver) {  // step 2b, last paragraph
  FrtoWorld w(Kind::kNewReno);
  w.Begin();
  w.Write(4);
  w.Wait(Duration::Millis(300));
  w.Take();
  w.Ack(1);
  EXPECT_EQ(w.Take(), "1! 2!");
}

TEST(Frto, WithSackNewInformationBelowTheRecoveryPointSuffices) {  // section 3.1 step 3b
  FrtoWorld w(Kind::kSack);
  w.TimeOut(SenderWorld::WithSack());
  w.Ack(0, {Segments(3, 4)});  // step 2: duplicates only mark
  EXPECT_EQ(w.sender->state(), State::kLoss);
  w.Ack(1, {Segments(3, 4)});
  EXPECT_EQ(w.Take(), "10 11");
  w.Ack(1, {Segments(3, 5)});
  EXPECT_EQ(w.sender->counters().undone, 1u);
}

TEST(Frto, WithSackAnAckBeyondTheRecoveryPointIsConventional) {  // section 3.1 step 3a
  FrtoWorld w(Kind::kSack);
  w.TimeOut(SenderWorld::WithSack());
  w.Ack(1);
  EXPECT_EQ(w.Take(), "10 11");
  w.Ack(1, {Segments(10, 11)});
  EXPECT_EQ(w.sender->counters().undone, 0u);
  EXPECT_EQ(w.sender->state(), State::kLoss);
  EXPECT_THAT(w.Take(), testing::StartsWith("1!"));
}

TEST(Frto, IsNotEnteredTwiceInOneRecovery) {  // section 2.1 step 1
  FrtoWorld w(Kind::kNewReno);
  w.TimeOut();
  w.Wait(Duration::Millis(600));
  EXPECT_EQ(w.Take(), "0!");
  w.Ack(1);
  EXPECT_EQ(w.Take(), "1! 2!");
}

// --- Eifel ---

TEST(Undo, ATimestampFromBeforeTheRetransmissionTakesTheReductionBack) {  // RFC 3522 section 3.2
  SenderWorld w(Kind::kNewReno);
  w.config.undo = true;
  w.Begin(10, {.timestamps = true});
  w.Write(100);
  w.Wait(Duration::Millis(300));
  EXPECT_EQ(w.cwnd(), kMss);
  EXPECT_EQ(w.ssthresh(), 5 * kMss);
  w.Take();
  // The ACK of the original copy of segment 0, which was sent at 0 ms.
  w.Give({.cumulative_ack = Position(1), .echoed = SimTime()});
  EXPECT_EQ(w.sender->state(), State::kOpen);
  EXPECT_EQ(w.ssthresh(), kInfiniteWindow);
  EXPECT_GE(w.cwnd(), 10 * kMss);  // FlightSize 9 + min (bytes_acked, IW) 1
  EXPECT_EQ(w.Take(), "10");       // step (8): previously unsent data
}

TEST(Undo, TheSameTickProvesNothing) {
  SenderWorld w(Kind::kNewReno);
  w.config.undo = true;
  w.Begin(10, {.timestamps = true});
  w.Write(100);
  w.Wait(Duration::Micros(300'500));
  w.Take();
  // Resent at 300 ms: a stamp of that very tick may be the retransmission's own.
  w.Give({.cumulative_ack = Position(1), .echoed = SimTime{Duration::Millis(300)}});
  EXPECT_EQ(w.sender->counters().undone, 0u);
}

TEST(Undo, ASpuriousFastRetransmitIsTakenBackByDsacks) {  // RFC 2883 section 5
  SenderWorld w(Kind::kSack);
  w.config.undo = true;
  w.Begin(10, SenderWorld::WithSack());
  w.Write(10);
  w.Take();
  w.Ack(0, {Segments(1, 4)});
  EXPECT_EQ(w.Take(), "0!");
  w.Ack(10);  // 0 was only late
  EXPECT_EQ(w.cwnd(), 5 * kMss);
  w.Ack(10, {Segments(0, 1)});
  EXPECT_EQ(w.sender->counters().undone, 1u);
  EXPECT_EQ(w.ssthresh(), kInfiniteWindow);
}

TEST(Undo, IsForbiddenByAnEcnEcho) {  // RFC 4015 section 3.4
  SenderWorld w(Kind::kNewReno);
  w.config.undo = true;
  w.Begin(10, {.timestamps = true, .ecn = true});
  w.Write(100);
  w.Wait(Duration::Millis(300));
  w.Give({.cumulative_ack = Position(1), .ece = true, .echoed = SimTime()});
  EXPECT_EQ(w.ssthresh(), 5 * kMss);
}

TEST(Undo, TheNextRttOfNewDataStartsTheEstimateAnew) {  // RFC 4015 section 3.1 step (11)
  SenderWorld w(Kind::kNewReno);
  w.config.undo = true;
  w.Begin(10, {.timestamps = true});
  w.Write(100);
  w.Wait(Duration::Millis(300));
  w.Give({.cumulative_ack = Position(1), .echoed = SimTime()});
  const SimTime sent = w.now();  // segment 10
  w.Wait(Duration::Millis(250));
  w.Give({.cumulative_ack = Position(11), .echoed = sent});
  EXPECT_EQ(w.sender->counters().undone, 1u);
  EXPECT_GE(w.sender->rto_estimator().srtt(), Duration::Millis(250));
}

// --- Path MTU ---

TEST(PathMtu, WhatIsTooLargeIsResentInPiecesWithoutReducingTheWindow) {  // RFC 1191 section 6.4
  SenderWorld w;
  w.Begin(4);
  w.Write(4);
  w.Take();
  w.Do([&] {
    w.sender->OnMssChanged(600);
    w.sender->TrySend();
  });
  EXPECT_TRUE(w.sender->IsConsistent());
  std::vector<int64_t> sizes;
  for (const auto& one : w.sent) {
    sizes.push_back(one.size);
    EXPECT_EQ(one.why, "smaller path MTU");
  }
  EXPECT_THAT(sizes, testing::ElementsAre(600, 400, 600, 400, 600, 400, 600, 400));
  EXPECT_EQ(w.cwnd(), 4 * kMss);
  EXPECT_EQ(w.sender->counters().mtu_retransmits, 8u);
  EXPECT_EQ(w.sender->state(), State::kOpen);
}

}  // namespace
}  // namespace tickwire::tcp
