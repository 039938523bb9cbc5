// The window: slow start, congestion avoidance, CUBIC's curve, HyStart, BBR's model; and what
// TcpSender lets it do (idle, application-limited, ECN, pacing).
#include "protocols/tcp/congestion_control.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/tcp/bbr_congestion.h"
#include "protocols/tcp/cubic_congestion.h"
#include "protocols/tcp/hystart.h"
#include "protocols/tcp/proportional_rate_reduction.h"
#include "protocols/tcp/reno_congestion.h"
#include "tests/protocols/tcp/sender_world.h"

namespace tickwire::tcp {
namespace {

using State = SenderState;

// --- Initial window ---

TEST(InitialWindow, IsTenSegmentsOrLessWhereTheyAreLarge) {  // RFC 6928 section 2 (1)
  SenderWorld small;
  small.Begin(10);
  EXPECT_EQ(small.cwnd(), 10 * kMss);
  SenderWorld large;
  large.sender =
      std::make_unique<TcpSender>(large.node().clock(), large.entity, large.config, large);
  large.Do([&] { large.sender->Begin({.mss = 8960}); });
  EXPECT_EQ(large.cwnd(), 2 * 8960);  // max (2 * MSS, 14600) of min (10 * MSS, ...)
}

TEST(InitialWindow, IsOneSegmentAfterALostSyn) {  // RFC 5681 section 3.1
  SenderWorld w;
  w.Begin(10, {.handshake_lost = true});
  EXPECT_EQ(w.cwnd(), kMss);
}

// --- Reno ---

TEST(RenoCongestion, AddsAtMostASegmentForAnAckInSlowStart) {  // RFC 5681 equation (2)
  SenderWorld w;
  w.Begin(4);
  w.Write(100);
  w.Ack(2);
  EXPECT_EQ(w.cwnd(), 5 * kMss);
  w.Give({.cumulative_ack = Position(2) + 100});
  EXPECT_EQ(w.cwnd(), 5 * kMss + 100);
}

TEST(RenoCongestion, LinuxAddsAllThatIsAcknowledged) {
  SenderWorld w;
  w.config.profile = Profile::kLinux;
  w.Begin(4);
  w.Write(100);
  w.Ack(4);
  EXPECT_EQ(w.cwnd(), 8 * kMss);
}

TEST(RenoCongestion, AddsASegmentForAWindowInCongestionAvoidance) {  // RFC 5681 section 3.1
  SenderWorld w(LossRecoveryKind::kReno);
  w.Begin(10);
  w.Write(1000);
  for (int i = 0; i < 3; ++i) w.Ack(0);
  w.Ack(10);
  EXPECT_EQ(w.cwnd(), 5 * kMss);
  const int64_t una = 10;
  for (int i = 1; i < 5; ++i) w.Ack(una + i);
  EXPECT_EQ(w.cwnd(), 5 * kMss);
  w.Ack(una + 5);
  EXPECT_EQ(w.cwnd(), 6 * kMss);
}

TEST(RenoCongestion, DoesNotGrowWhileTheApplicationIsTheLimit) {
  SenderWorld w;
  w.Begin(10);
  for (int i = 0; i < 20; ++i) {
    w.Write(1);
    w.Ack(i + 1);
  }
  EXPECT_EQ(w.cwnd(), 10 * kMss);
}

TEST(RenoCongestion, HalvesWhatIsInFlightButNotBelowTwoSegments) {  // RFC 5681 equation (4)
  EXPECT_EQ(HalfOfFlight(20 * kMss, kMss), 10 * kMss);
  EXPECT_EQ(HalfOfFlight(3 * kMss, kMss), 2 * kMss);
}

TEST(Idle, AWindowIsNotTrustedAfterAnRtoOfSilence) {  // RFC 5681 section 4.1
  SenderWorld w;
  w.Begin(2);
  int64_t acked = 0;
  w.Write(40);
  while (w.sender->flight() > 0) w.Ack(++acked);
  EXPECT_GT(w.cwnd(), 20 * kMss);
  w.Wait(w.sender->rto_estimator().rto());
  w.Write(1);
  EXPECT_GT(w.cwnd(), 20 * kMss);  // "exceeding": not yet
  w.Ack(++acked);
  w.Wait(w.sender->rto_estimator().rto() + Duration::Nanos(1));
  w.Write(1);
  EXPECT_EQ(w.cwnd(), 2 * kMss);
}

// --- ECN ---

TEST(Ecn, ReducesOnceForAWindowAndSaysSoOnce) {  // RFC 3168 section 6.1.2
  SenderWorld w;
  w.Begin(10, {.ecn = true});
  w.Write(100);
  w.Take();
  w.Give({.cumulative_ack = Position(1), .ece = true});
  EXPECT_EQ(w.sender->state(), State::kCwr);
  EXPECT_EQ(w.cwnd(), 5 * kMss);
  w.Give({.cumulative_ack = Position(2), .ece = true});
  EXPECT_EQ(w.cwnd(), 5 * kMss);
  EXPECT_TRUE(w.sender->TakeCwr());
  EXPECT_FALSE(w.sender->TakeCwr());
  w.Give({.cumulative_ack = Position(10)});
  EXPECT_EQ(w.sender->state(), State::kOpen);
  w.Give({.cumulative_ack = Position(11), .ece = true});  // the next window
  EXPECT_EQ(w.sender->counters().ecn_reductions, 2u);
}

TEST(Ecn, ALossInTheSameWindowIsNoSecondReason) {
  SenderWorld w;
  w.Begin(20, {.sack = true, .ecn = true});
  w.Write(100);
  w.Give({.cumulative_ack = Position(1), .ece = true});
  EXPECT_EQ(w.ssthresh(), 10 * kMss);
  w.Ack(1, {Segments(5, 10)});
  EXPECT_EQ(w.sender->state(), State::kRecovery);
  EXPECT_EQ(w.ssthresh(), 10 * kMss);
}

// --- PRR (RFC 6937 section 3) ---

TEST(ProportionalRateReduction, SendsInProportionWhilePipeIsAboveSsthresh) {
  ProportionalRateReduction prr;
  prr.Begin(20 * kMss);
  using Bound = ProportionalRateReduction::Bound;
  int64_t pipe = 19 * kMss;
  int64_t sent = 0;
  for (int i = 1; i <= 8; ++i) {
    pipe -= kMss;
    const int64_t window = prr.OnAck(kMss, pipe, 10 * kMss, kMss, Bound::kSlowStart);
    // CEIL (prr_delivered * ssthresh / RecoverFS) - prr_out
    EXPECT_EQ(window - pipe, (i * kMss * 10 + 19) / 20 - sent);
    if (window - pipe < kMss) continue;
    prr.OnSent(kMss);
    sent += kMss;
    pipe += kMss;
  }
  EXPECT_EQ(sent, 4 * kMss);
}

TEST(ProportionalRateReduction, BelowSsthreshTheTwoBoundsDiffer) {
  using Bound = ProportionalRateReduction::Bound;
  for (const Bound bound : {Bound::kConservative, Bound::kSlowStart}) {
    ProportionalRateReduction prr;
    prr.Begin(20 * kMss);
    const int64_t pipe = 4 * kMss;  // a burst was lost
    const int64_t window = prr.OnAck(2 * kMss, pipe, 10 * kMss, kMss, bound);
    EXPECT_EQ(window - pipe, (bound == Bound::kConservative ? 2 : 3) * kMss);
  }
}

// --- CUBIC (RFC 8312) ---

TEST(Cubic, CubeRootIsExact) {
  for (uint64_t root : {0u, 1u, 2u, 10u, 999u, 1'000'000u, 4'000'000u}) {
    const Uint128 cube = static_cast<Uint128>(root) * root * root;
    EXPECT_EQ(CubeRoot(cube), root);
    if (root == 0) continue;
    EXPECT_EQ(CubeRoot(cube - 1), root - 1);
    EXPECT_EQ(CubeRoot(cube + 1), root);
  }
}

struct CubicWorld {
  CubicWorld() : core(world.node().clock(), world.entity, world.config), cubic(core) {
    core.mss = kMss;
    core.board.Begin(1, false, false);
    core.rto.Observe(SimTime(), Duration::Millis(100));
  }
  // A round trip's ACKs at `at`, each of one segment.
  void RoundTrip(SimTime at) {
    AckSummary ack;
    ack.now = at;
    ack.acked_bytes = kMss;
    for (int64_t i = core.cwnd / kMss; i > 0; --i) cubic.Grow(ack);
  }
  SenderWorld world;
  SenderCore core;
  CubicCongestion cubic;
};

TEST(Cubic, ReducesByThreeTenthsAndComesBackAfterK) {  // sections 4.1, 4.5
  CubicWorld w;
  w.core.cwnd = 1000 * kMss;
  w.core.cwnd = w.core.ssthresh = w.cubic.SsthreshAfterLoss(1000 * kMss);
  EXPECT_EQ(w.core.cwnd, 700 * kMss);
  w.RoundTrip(SimTime());
  // K = cubic_root (W_max * (1 - beta) / C) = cubic_root (1000 * 0.3 / 0.4) s = 9.0856 s.
  EXPECT_NEAR(static_cast<double>(w.cubic.k_micros()), 9.0856e6, 100);
  EXPECT_EQ(w.cubic.CubicWindow(w.cubic.k_micros()), 1000 * kMss);
  EXPECT_NEAR(static_cast<double>(w.cubic.CubicWindow(0)), 700e3, 1);
  // W (K + 5 s) = W_max + 0.4 * 125 segments
  EXPECT_EQ(w.cubic.CubicWindow(w.cubic.k_micros() + 5'000'000), 1050 * kMss);
  for (int i = 1; i <= 90; ++i) w.RoundTrip(SimTime{Duration::Millis(100 * i)});
  EXPECT_NEAR(static_cast<double>(w.core.cwnd), 1000e3, 5e3);
}

TEST(Cubic, GivesWayFasterWhenItsWindowShrinks) {  // section 4.6
  CubicWorld w;
  w.core.cwnd = 100 * kMss;
  w.core.cwnd = w.cubic.SsthreshAfterLoss(0);
  EXPECT_EQ(w.cubic.w_max(), 100 * kMss);
  w.core.cwnd = 80 * kMss;  // lost again before it came back
  w.cubic.SsthreshAfterLoss(0);
  EXPECT_EQ(w.cubic.w_max(), 80 * kMss * 17 / 20);
}

TEST(Cubic, IsNeverSlowerThanRenoWouldBe) {  // section 4.2
  CubicWorld w;
  w.core.cwnd = 10 * kMss;  // small window, short round trip: Reno's region
  w.core.cwnd = w.core.ssthresh = w.cubic.SsthreshAfterLoss(0);
  for (int i = 0; i <= 20; ++i) w.RoundTrip(SimTime{Duration::Millis(100 * i)});
  // W_est = 7 + 9/17 * 20
  EXPECT_NEAR(static_cast<double>(w.core.cwnd), (7 + 9.0 / 17 * 20) * kMss, kMss);
}

TEST(Cubic, RestoresItsCurveWhenAReductionWasForNothing) {
  CubicWorld w;
  w.core.cwnd = 100 * kMss;
  w.core.cwnd = w.core.ssthresh = w.cubic.SsthreshAfterLoss(0);
  w.RoundTrip(SimTime());
  const int64_t k = w.cubic.k_micros();
  const int64_t again = w.core.cwnd;
  w.cubic.SsthreshAfterLoss(0);
  EXPECT_EQ(w.cubic.w_max(), again * 17 / 20);
  w.cubic.OnUndo();
  EXPECT_EQ(w.cubic.w_max(), 100 * kMss);
  EXPECT_EQ(w.cubic.k_micros(), k);
}

TEST(HyStart, EndsSlowStartWhenTheRttRises) {
  CubicWorld w;
  w.core.cwnd = 32 * kMss;
  HyStart hystart;
  AckSummary ack;
  ack.acked_bytes = kMss;
  // A round of eight at 100 ms, spread so that they are no train; then one at 100 + 12.5 ms.
  for (int round = 0; round < 2; ++round) {
    const Duration rtt = round == 0 ? Duration::Millis(100) : Duration::Micros(112'600);
    w.core.board.Append({w.core.board.snd_nxt(), w.core.board.snd_nxt() + kMss}, SimTime(), false);
    w.core.board.Acknowledge(w.core.board.snd_nxt(), [](auto, const auto&) {});
    bool ends = false;
    for (int i = 0; i < 9; ++i) {
      ack.now = SimTime{Duration::Millis(1000 * round + 5 * i)};
      ack.rtt = rtt;
      ends = hystart.OnAck(ack, w.core) || ends;
      // The next round begins with an ACK beyond what was sent.
    }
    EXPECT_EQ(ends, round == 1);
  }
}

// --- BBR ---

// A pipe of 10 Mbit/s and 40 ms, without loss: each segment is acknowledged when it is through.
struct Pipe {
  explicit Pipe(SenderWorld& w) : world(w) {}
  void Run(SimTime until) {
    constexpr Duration kService = Duration::Micros(800);  // 1000 bytes at 10 Mbit/s
    while (world.now() < until) {
      for (const auto& one : world.sent) {
        free = std::max(free, one.at) + kService;
        arrivals.push_back(free + Duration::Millis(40));
      }
      world.sent.clear();
      if (arrivals.size() > acked && arrivals[acked] <= world.now()) {
        world.Ack(static_cast<int64_t>(++acked));
        continue;
      }
      world.Wait(Duration::Micros(100));
    }
  }
  SenderWorld& world;
  SimTime free;
  std::vector<SimTime> arrivals;
  size_t acked = 0;
};

TEST(Bbr, FindsBandwidthAndRoundTripOfAPipe) {
  SenderWorld w;
  w.config.congestion_control = CongestionControlKind::kBbr;
  w.Begin(10, {.sack = true, .handshake_rtt = Duration::Millis(41)});
  w.Write(1'000'000);
  Pipe pipe(w);
  pipe.Run(SimTime{Duration::Seconds(5)});
  // 1.25 MB/s: within 3 %. In PROBE_BW what is in flight is about the product, 51 segments, up to
  // twice that and three.
  EXPECT_NEAR(static_cast<double>(pipe.acked), 5 * 1250, 250);
  EXPECT_GT(w.sender->flight(), 40 * kMss);
  EXPECT_LT(w.sender->flight(), 110 * kMss);
  EXPECT_EQ(w.sender->counters().retransmitted_segments, 0u);
}

TEST(FixedWindow, StaysWhateverHappens) {
  SenderWorld w;
  w.config.congestion_control = CongestionControlKind::kFixedWindow;
  w.config.fixed_window = 4 * kMss;
  w.Begin();
  w.Write(20);
  EXPECT_EQ(w.Take(), "0 1 2 3");
  w.Ack(1);
  EXPECT_EQ(w.Take(), "4");
  w.Wait(Duration::Seconds(1));
  EXPECT_EQ(w.cwnd(), 4 * kMss);
}

// --- Pacing ---

TEST(Pacing, SpreadsTheWindowOverTheRoundTrip) {
  SenderWorld w;
  w.config.pacing = true;
  w.Begin(10);
  w.Write(10);
  // Twice the window a round trip of 100 ms in slow start: 1000 bytes every 5 ms.
  EXPECT_EQ(w.sent.size(), 1u);
  w.Wait(Duration::Millis(100));
  ASSERT_EQ(w.sent.size(), 10u);
  for (size_t i = 1; i < 10; ++i) {
    EXPECT_EQ(w.sent[i].at - w.sent[i - 1].at, Duration::Millis(5));
  }
}

}  // namespace
}  // namespace tickwire::tcp
