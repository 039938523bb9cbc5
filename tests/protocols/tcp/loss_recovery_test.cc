// Each kind of loss recovery, ACK by ACK: what is resent when, and what becomes of the window.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/protocols/tcp/sender_world.h"

namespace tickwire::tcp {
namespace {

using Kind = LossRecoveryKind;
using State = SenderState;

// --- none: the timer and go-back-N ---

TEST(TimeoutRecovery, ResendsEverythingInSlowStartAfterTheTimer) {
  SenderWorld w(Kind::kNone);
  w.Begin();
  w.Write(4);
  EXPECT_EQ(w.Take(), "0 1 2 3");
  for (int i = 0; i < 3; ++i) w.Ack(0);
  EXPECT_EQ(w.Take(), "");  // duplicates say nothing to it
  // RFC 6298 (2.2): 100 ms + 4 * 50 ms.
  w.Wait(Duration::Millis(299));
  EXPECT_EQ(w.Take(), "");
  w.Wait(Duration::Millis(1));
  ASSERT_EQ(w.sent.size(), 1u);
  EXPECT_EQ(w.sent[0].why, "time-out");
  EXPECT_EQ(w.Take(), "0!");
  EXPECT_EQ(w.cwnd(), kMss);  // RFC 5681 section 3.1: LW of one segment
  EXPECT_EQ(w.ssthresh(), 2 * kMss);
  w.Ack(1);
  EXPECT_EQ(w.Take(), "1! 2!");
  w.Ack(4);
  EXPECT_EQ(w.sender->state(), State::kOpen);
}

TEST(TimeoutRecovery, BacksOffAndReducesSsthreshOnceForASegment) {
  SenderWorld w(Kind::kNone);
  w.Begin();
  w.Write(10);
  w.Take();
  w.Wait(Duration::Millis(300));
  EXPECT_EQ(w.ssthresh(), 5 * kMss);
  w.Wait(Duration::Millis(600));  // RFC 6298 (5.5)
  w.Wait(Duration::Millis(1200));
  EXPECT_EQ(w.Take(), "0! 0! 0!");
  EXPECT_EQ(w.ssthresh(), 5 * kMss);  // RFC 5681 equation (4) is for the first time only
  EXPECT_EQ(w.sender->counters().timeouts, 3u);
}

TEST(TimeoutRecovery, GivesUpAfterSoManyRetries) {  // RFC 1122 section 4.2.3.5
  SenderWorld w(Kind::kNone);
  w.config.data_retries = 3;
  w.Begin();
  w.Write(1);
  w.Wait(Duration::Seconds(60));
  EXPECT_EQ(w.Take(), "0 0! 0! 0!");
  EXPECT_TRUE(w.gave_up);
}

// --- Reno (RFC 5681 section 3.2) ---

TEST(RenoRecovery, InflatesWithEachDuplicateAndDeflatesWithTheFirstNewAck) {
  SenderWorld w(Kind::kReno);
  w.config.limited_transmit = false;
  w.Begin();
  w.Write(30);
  EXPECT_EQ(w.Take(), "0 1 2 3 4 5 6 7 8 9");
  w.Ack(0);
  w.Ack(0);
  EXPECT_EQ(w.Take(), "");
  w.Ack(0);  // steps 2 and 3: ssthresh = 10 / 2, cwnd = 5 + 3
  EXPECT_EQ(w.Take(), "0!");
  EXPECT_EQ(w.ssthresh(), 5 * kMss);
  EXPECT_EQ(w.cwnd(), 8 * kMss);
  for (int i = 0; i < 6; ++i) w.Ack(0);  // step 4: 14; 10 are in flight
  EXPECT_EQ(w.cwnd(), 14 * kMss);
  EXPECT_EQ(w.Take(), "10 11 12 13");  // step 5
  w.Ack(10);                           // step 6
  EXPECT_EQ(w.cwnd(), 5 * kMss);
  EXPECT_EQ(w.sender->state(), State::kOpen);
}

TEST(RenoRecovery, SendsNewDataOnTheFirstTwoDuplicates) {  // RFC 3042
  SenderWorld w(Kind::kReno);
  w.Begin(4);
  w.Write(30);
  w.Take();
  w.Ack(0);
  EXPECT_EQ(w.Take(), "4");
  w.Ack(0);
  EXPECT_EQ(w.Take(), "5");
  w.Ack(0);
  EXPECT_EQ(w.Take(), "0!");
  EXPECT_EQ(w.ssthresh(), 2 * kMss);  // what limited transmit sent does not count: 4 / 2
}

TEST(RenoRecovery, LeavesASecondLossToMoreDuplicatesOrTheTimer) {
  SenderWorld w(Kind::kReno);
  w.Begin();
  w.Write(10);
  w.Take();
  for (int i = 0; i < 5; ++i) w.Ack(0);
  EXPECT_EQ(w.Take(), "0!");
  w.Ack(4);  // 4 is lost too, but this ends the recovery
  EXPECT_EQ(w.sender->state(), State::kOpen);
  EXPECT_EQ(w.Take(), "");
}

TEST(RenoRecovery, CountsOnlyDuplicatesAsSection2DefinesThem) {
  SenderWorld w(Kind::kReno);
  w.Begin();
  w.Write(10);
  w.Take();
  const AckEvent with_data{.cumulative_ack = 1, .carries_data = true};
  const AckEvent with_window{.cumulative_ack = 1, .changes_window = true};
  for (int i = 0; i < 5; ++i) {
    w.Give(with_data);
    w.Give(with_window);
  }
  EXPECT_EQ(w.Take(), "");
}

TEST(RenoRecovery,
     RetransmitsEarlyIfAskedTo) {  // RFC 5827 section 3.2: 3 outstanding, 2 duplicates
  SenderWorld w(Kind::kReno);
  w.config.early_retransmit = true;
  w.Begin();
  w.Write(3);
  w.Take();
  w.Ack(0);
  EXPECT_EQ(w.Take(), "");
  w.Ack(0);
  ASSERT_EQ(w.sent.size(), 1u);
  EXPECT_EQ(w.sent[0].why, "early retransmit");
}

TEST(RenoRecovery, DoesNotRetransmitEarlyWhileThereIsNewData) {  // condition (3.b)
  SenderWorld w(Kind::kReno);
  w.config.early_retransmit = true;
  w.config.limited_transmit = false;
  w.Begin(3);
  w.Write(30);
  w.Take();
  w.Ack(0);
  w.Ack(0);
  EXPECT_EQ(w.Take(), "");
}

// --- NewReno (RFC 6582) ---

TEST(NewRenoRecovery, RepairsOneLossARoundTripByPartialAcks) {
  SenderWorld w(Kind::kNewReno);
  w.config.limited_transmit = false;
  w.Begin();
  w.Write(10);
  w.Take();
  for (int i = 0; i < 3; ++i) w.Ack(0);  // 0, 3 and 5 are lost
  EXPECT_EQ(w.Take(), "0!");
  EXPECT_EQ(w.cwnd(), 8 * kMss);
  w.Ack(3);
  EXPECT_EQ(w.sent[0].why, "partial ACK");
  EXPECT_EQ(w.Take(), "3!");
  EXPECT_EQ(w.cwnd(), 6 * kMss);  // 8 - 3 + 1
  w.Ack(5);
  EXPECT_EQ(w.Take(), "5!");
  EXPECT_EQ(w.cwnd(), 5 * kMss);  // 6 - 2 + 1
  w.Ack(10);
  EXPECT_EQ(w.sender->state(), State::kOpen);
  EXPECT_EQ(w.cwnd(), 2 * kMss);  // min (ssthresh, max (FlightSize 0, SMSS) + SMSS)
}

TEST(NewRenoRecovery, RestartsTheTimerForTheFirstPartialAckOnly) {  // the impatient variant
  SenderWorld w(Kind::kNewReno);
  w.Begin();
  w.Write(10);
  w.Take();
  for (int i = 0; i < 3; ++i) w.Ack(0);
  w.Wait(Duration::Millis(100));
  w.Ack(2);  // the timer now stands at 100 + 300 ms
  w.Wait(Duration::Millis(200));
  w.Ack(4);
  w.Take();
  w.Wait(Duration::Millis(99));
  EXPECT_EQ(w.sender->counters().timeouts, 0u);
  w.Wait(Duration::Millis(1));
  EXPECT_EQ(w.sender->counters().timeouts, 1u);
}

TEST(NewRenoRecovery, DoesNotStartTwiceForOneWindow) {  // section 3.2 step 2, section 4
  SenderWorld w(Kind::kNewReno);
  w.Begin();
  w.Write(10);
  w.Wait(Duration::Millis(300));  // the timer resends 0
  w.Take();
  w.Ack(1);
  w.Take();
  for (int i = 0; i < 4; ++i) w.Ack(1);  // from what is resent needlessly
  EXPECT_EQ(w.sender->counters().fast_recoveries, 0u);
}

TEST(NewRenoRecovery, WithPrrSendsASegmentForEachThatLeft) {  // RFC 6937 section 3
  SenderWorld w(Kind::kNewReno);
  w.config.prr = true;
  w.config.limited_transmit = false;
  w.Begin();
  w.Write(30);
  w.Take();
  for (int i = 0; i < 3; ++i) w.Ack(0);
  EXPECT_EQ(w.Take(), "0!");
  for (int i = 0; i < 6; ++i) w.Ack(0);
  w.Ack(10);
  EXPECT_EQ(w.cwnd(), 5 * kMss);  // ends at ssthresh
}

// --- SACK (RFC 6675) ---

TEST(SackRecovery, FillsSeveralHolesInOneRoundTrip) {
  SenderWorld w(Kind::kSack);
  w.Begin(10, SenderWorld::WithSack());
  w.Write(10);
  w.Take();
  // 0 and 3 are lost.
  w.Ack(0, {Segments(1, 2)});
  w.Ack(0, {Segments(1, 3)});
  EXPECT_EQ(w.Take(), "");
  w.Ack(0, {Segments(4, 5), Segments(1, 3)});  // DupAcks is 3
  EXPECT_EQ(w.sent[0].why, "SACK recovery begins");
  EXPECT_EQ(w.Take(), "0!");
  EXPECT_EQ(w.cwnd(), 5 * kMss);
  EXPECT_EQ(w.ssthresh(), 5 * kMss);
  w.Ack(0, {Segments(4, 6), Segments(1, 3)});
  // pipe: 3, 6 to 9, and 0 resent is 6: no room yet.
  EXPECT_EQ(w.sender->pipe(), 6 * kMss);
  w.Ack(0, {Segments(4, 7), Segments(1, 3)});
  // IsLost(3): 4 to 6 are more than two segments. Pipe 4: 3 is resent.
  EXPECT_EQ(w.sent[0].why, "SACK");
  EXPECT_EQ(w.Take(), "3!");
  w.Ack(0, {Segments(4, 10), Segments(1, 3)});
  w.Ack(10);
  EXPECT_EQ(w.sender->state(), State::kOpen);
  EXPECT_EQ(w.Take(), "");
  EXPECT_EQ(w.sender->counters().retransmitted_segments, 2u);
}

TEST(SackRecovery, BeginsWithOneAckThatShowsThreeSegments) {  // section 5 step (2)
  SenderWorld w(Kind::kSack);
  w.Begin(10, SenderWorld::WithSack());
  w.Write(10);
  w.Take();
  w.Ack(0, {Segments(7, 10)});
  EXPECT_EQ(w.sender->state(), State::kRecovery);
  EXPECT_EQ(w.sent[0].segment, 0);
  EXPECT_EQ(w.sent[0].why, "SACK recovery begins");
}

TEST(SackRecovery, WithNothingNewResendsHolesNotSurelyLostThenTheHighestOnce) {
  SenderWorld w(Kind::kSack);
  w.Begin(10, SenderWorld::WithSack());
  w.Write(10);
  w.Take();
  w.Ack(0, {Segments(7, 8), Segments(5, 6), Segments(1, 2)});
  // cwnd 5; pipe: 3 ranges above 0; the others are 2 3 4 6 8 9 and 0 resent = 7.
  EXPECT_EQ(w.Take(), "0!");
  w.Ack(5, {Segments(7, 8), Segments(5, 6)});
  // Pipe: 6, 8, 9. Rule (3): 6, below the highest sacked but not surely lost.
  EXPECT_EQ(w.sent[0].why, "SACK, not surely lost");
  // Rule (4): the highest unsacked, once: HighACK passed RescueRxt.
  EXPECT_EQ(w.sent[1].why, "SACK rescue");
  EXPECT_EQ(w.Take(), "6! 9!");
}

TEST(SackRecovery, ATimeoutForgetsSackAndBarsANewRecoveryUntilTheRecoveryPoint) {  // section 5.1
  SenderWorld w(Kind::kSack);
  w.Begin(10, SenderWorld::WithSack());
  w.Write(10);
  w.Take();
  w.Ack(0, {Segments(2, 3)});
  w.Wait(Duration::Millis(300));
  EXPECT_EQ(w.Take(), "0!");
  EXPECT_EQ(w.sender->counters().renegings, 1u);
  w.Ack(1);
  EXPECT_EQ(w.Take(), "1! 2!");  // 2 again: what was sacked is forgotten (RFC 2018 section 8)
  w.Ack(1, {Segments(6, 10)});
  EXPECT_EQ(w.sender->state(), State::kLoss);
  EXPECT_EQ(w.sender->counters().fast_recoveries, 0u);
}

TEST(SackRecovery, MayKeepSackOverATimeout) {
  SenderWorld w(Kind::kSack);
  w.config.keep_sack_after_rto = true;
  w.Begin(10, SenderWorld::WithSack());
  w.Write(10);
  w.Take();
  w.Ack(0, {Segments(2, 3)});
  w.Wait(Duration::Millis(300));
  w.Take();
  w.Ack(1);
  EXPECT_EQ(w.Take(), "1! 3!");
}

TEST(SackRecovery, AReceiverThatRenegedIsFoundOutByItsFirstSegment) {
  SenderWorld w(Kind::kSack);
  w.config.keep_sack_after_rto = true;
  w.Begin(10, SenderWorld::WithSack());
  w.Write(3);
  w.Take();
  w.Ack(0, {Segments(0, 3)});  // sacked from the first on, but never acknowledged
  w.Wait(Duration::Millis(300));
  EXPECT_EQ(w.Take(), "0!");
  w.Ack(1);
  EXPECT_EQ(w.Take(), "1! 2!");
}

TEST(SackRecovery, RetransmitsEarlyWhenAllButOneAreSacked) {  // RFC 5827 section 3.2
  SenderWorld w(Kind::kSack);
  w.config.early_retransmit = true;
  w.Begin(10, SenderWorld::WithSack());
  w.Write(3);
  w.Take();
  w.Ack(0, {Segments(1, 2)});
  EXPECT_EQ(w.Take(), "");
  w.Ack(0, {Segments(1, 3)});
  EXPECT_EQ(w.sent[0].why, "early retransmit");
}

TEST(SackRecovery, FallsBackToNewRenoWithoutSack) {
  SenderWorld w(Kind::kSack);
  w.Begin();
  w.Write(10);
  w.Take();
  for (int i = 0; i < 3; ++i) w.Ack(0);
  EXPECT_EQ(w.sent[0].why, "fast retransmit");
}

TEST(SackRecovery, PrrEndsAtSsthresh) {  // RFC 6937 section 3
  SenderWorld w(Kind::kSack);
  w.config.prr = true;
  w.Begin(20, SenderWorld::WithSack());
  w.Write(100);
  EXPECT_EQ(w.sent.size(), 20u);
  w.Take();
  // 0 is lost; the 19 others are sacked one by one.
  for (int i = 1; i < 20; ++i) w.Ack(0, {Segments(1, i + 1)});
  EXPECT_EQ(w.ssthresh(), 10 * kMss);
  // Limited transmit sent 2; then one for every two that arrived (ssthresh / RecoverFS = 1/2),
  // 17 + the resent one within CEIL(prr_delivered * 10 / 22).
  const int64_t delivered = 17;
  const int64_t allowed = (delivered * 10 + 21) / 22;  // segments, the retransmission among them
  EXPECT_EQ(static_cast<int64_t>(w.sent.size()), 2 + allowed);
  w.Ack(20);
  EXPECT_EQ(w.cwnd(), w.sender->pipe() + 10 * kMss - w.sender->pipe());
}

// --- RACK-TLP (RFC 8985) ---

struct RackWorld : SenderWorld {
  RackWorld() : SenderWorld(Kind::kRack) {}
  void BeginRack(uint32_t window = 10) { Begin(window, WithSack()); }
};

TEST(RackRecovery, WaitsAQuarterOfTheLeastRttForOneThatIsLate) {  // section 6.2 steps 4 and 5
  RackWorld w;
  w.config.tlp = false;
  w.BeginRack();
  w.Write(2);
  w.Take();
  w.Wait(Duration::Millis(100));
  w.Ack(0, {Segments(1, 2)});
  EXPECT_EQ(w.Take(), "");
  w.Wait(Duration::Millis(24));
  EXPECT_EQ(w.Take(), "");
  w.Wait(Duration::Millis(1));  // 100 / 4
  EXPECT_EQ(w.sent[0].why, "RACK");
  EXPECT_EQ(w.Take(), "0!");
}

TEST(RackRecovery, ThreeSackedSegmentsNeedNoWaitWhereNothingWasReordered) {
  RackWorld w;
  w.BeginRack();
  w.Write(4);
  w.Take();
  w.Wait(Duration::Millis(100));
  w.Ack(0, {Segments(1, 4)});
  EXPECT_EQ(w.Take(), "0!");
}

TEST(RackRecovery, HavingSeenReorderingItWaits) {  // step 3
  RackWorld w;
  w.BeginRack();
  w.Write(8);
  w.Take();
  w.Wait(Duration::Millis(100));
  w.Ack(0, {Segments(1, 2)});
  w.Ack(2);  // 0 came late: sent once, below what was delivered
  EXPECT_EQ(w.sender->counters().reorderings, 1u);
  w.Ack(2, {Segments(3, 8)});
  EXPECT_EQ(w.Take(), "");
  w.Wait(Duration::Millis(25));
  EXPECT_EQ(w.Take(), "2!");
}

TEST(RackRecovery, ADsackWidensTheWindowByAQuarterOfTheLeastRtt) {  // step 4
  RackWorld w;
  w.BeginRack();
  w.Write(8);
  w.Take();
  w.Wait(Duration::Millis(100));
  w.Ack(0, {Segments(1, 2)});
  w.Ack(3);
  w.Ack(3, {Segments(0, 1)});  // D-SACK: 0 arrived twice
  EXPECT_EQ(w.sender->counters().dsacks, 1u);
  w.Ack(3, {Segments(4, 8)});
  w.Wait(Duration::Millis(49));
  EXPECT_EQ(w.Take(), "");
  w.Wait(Duration::Millis(1));  // 2 * 100 / 4
  EXPECT_EQ(w.Take(), "3!");
}

TEST(RackRecovery, TellsALostRetransmission) {  // section 3.4, figure 1
  RackWorld w;
  w.BeginRack();
  w.Write(4);
  w.Take();
  w.Wait(Duration::Millis(50));
  w.Ack(1);  // P0; P1 to P3 are lost
  // PTO: 2 * SRTT after the ACK. SRTT was 100 ms; 50 ms is one of ceil(4 / 2) samples of its round
  // trip: 100 - 50 / 16.
  w.Wait(Duration::Micros(193'750));
  EXPECT_EQ(w.sent[0].why, "loss probe");
  EXPECT_EQ(w.Take(), "3!");
  w.Wait(Duration::Millis(100));
  w.Ack(1, {Segments(3, 4)});
  EXPECT_EQ(w.Take(), "1! 2!");  // sent so long ago that no window is to be waited for
  w.Wait(Duration::Millis(100));
  w.Ack(1, {Segments(2, 4)});  // the retransmission of 2 arrived, that of 1 did not
  EXPECT_EQ(w.Take(), "1!");
  EXPECT_EQ(w.sender->counters().timeouts, 0u);
}

TEST(RackRecovery, ProbesWithNewDataIfThereIsAny) {  // section 7.3
  RackWorld w;
  w.BeginRack(2);
  w.Write(5);
  EXPECT_EQ(w.Take(), "0 1");  // the window is full
  w.Wait(Duration::Millis(200));
  EXPECT_EQ(w.sender->counters().tlp_probes, 1u);
  EXPECT_EQ(w.Take(), "2");  // one beyond it
  w.Wait(Duration::Millis(299));
  EXPECT_EQ(w.Take(), "");
  w.Wait(Duration::Millis(1));  // the retransmission timer was set anew
  EXPECT_EQ(w.Take(), "0!");
}

TEST(RackRecovery, AllowsForADelayedAckWhenOneSegmentIsOut) {  // TLP.max_ack_delay
  RackWorld w;
  w.config.min_rto = Duration::Seconds(1);
  w.config.delayed_ack = Duration::Millis(200);
  w.BeginRack();
  w.Write(1);
  w.Take();
  w.Wait(Duration::Millis(399));
  EXPECT_EQ(w.Take(), "");
  w.Wait(Duration::Millis(1));  // 2 * 100 + 200
  EXPECT_EQ(w.Take(), "0!");
}

TEST(RackRecovery, ALossThatTheProbeRepairedReducesTheWindow) {  // section 7.4.2
  RackWorld w;
  w.config.delayed_ack = Duration();
  w.BeginRack();
  w.Write(10);
  w.Wait(Duration::Millis(100));
  w.Ack(9);
  w.Take();
  w.Wait(Duration::Millis(250));
  EXPECT_EQ(w.Take(), "9!");
  const int64_t before = w.cwnd();
  w.Ack(10);
  EXPECT_GE(w.cwnd(), before);  // not yet: the ACK ends where the probe did
  w.Write(2);
  w.Ack(11);
  EXPECT_LE(w.cwnd(), before / 2 + kMss);
}

TEST(RackRecovery, AProbeThatWasNotNeededReducesNothing) {  // section 7.4.2 case 1
  RackWorld w;
  w.config.delayed_ack = Duration();
  w.BeginRack();
  w.Write(10);
  w.Wait(Duration::Millis(100));
  w.Ack(9);
  w.Take();
  w.Wait(Duration::Millis(250));
  EXPECT_EQ(w.Take(), "9!");
  const int64_t before = w.cwnd();
  w.Ack(10);
  w.Ack(10, {Segments(9, 10)});  // D-SACK of the probe
  w.Write(2);
  w.Ack(12);
  EXPECT_GE(w.cwnd(), before);
}

TEST(RackRecovery, ATimeoutMarksOnlyWhatIsOldEnough) {  // section 6.3
  RackWorld w;
  w.config.tlp = false;
  w.BeginRack();
  w.Write(1);
  w.Wait(Duration::Millis(250));
  w.Write(2);
  w.Take();
  w.Wait(Duration::Millis(50));  // 300 ms: the timer of segment 0; 1 and 2 were sent 50 ms ago
  EXPECT_EQ(w.Take(), "0!");
  w.Ack(1);
  EXPECT_EQ(w.Take(), "");  // 1 and 2 are not thought lost
}

}  // namespace
}  // namespace tickwire::tcp
