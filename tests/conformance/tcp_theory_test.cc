// TCP against what the literature says of it: the square-root law (Mathis, Semke, Mahdavi, Ott,
// 1997), the model of Padhye, Firoiu, Towsley and Kurose (PFTK, 1998), utilisation by buffer,
// fairness, and the series of retransmission time-outs.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>

#include "tests/support/recorder.h"
#include "tests/support/tcp_bulk.h"

namespace tickwire::tcp {
namespace {

constexpr double kRtt = 0.1;   // seconds
constexpr double kMss = 1448;  // with timestamps

// Reno with SACK as the RFCs have it, a path that is never full, a window that is never the limit.
BulkResult Transfer(uint32_t loss_per_mille, int64_t bytes) {
  BulkRun run;
  run.bits_per_second = 10'000'000'000;
  run.delay = Duration::Millis(50);
  run.loss_per_mille = loss_per_mille;
  run.window = 16 << 20;
  run.bytes = bytes;
  run.config = TcpConfig::For(Profile::kRfc);
  run.config.send_buffer = run.config.receive_buffer = run.window;
  run.config.delayed_ack = Duration();  // b = 1 in both models
  return RunBulk(run);
}

double Throughput(const BulkResult& result) {  // segments a second
  return static_cast<double>(result.counters.delivered_bytes) / kMss / result.virtual_seconds;
}

TEST(TcpTheory, FollowsTheSquareRootLawAtOneLossInAThousand) {
  const BulkResult result = Transfer(1, 400'000'000);
  // B = (MSS / RTT) * sqrt (3/2) / sqrt (p).
  const double expected = std::sqrt(1.5) / (kRtt * std::sqrt(0.001));
  const double ratio = Throughput(result) / expected;
  std::printf("0.1 %%: %.0f segments/s, %.2f of the square-root law, %u time-outs\n",
              Throughput(result), ratio, result.counters.timeouts);
  EXPECT_GT(ratio, 0.8);
  EXPECT_LT(ratio, 1.2);
}

// PFTK, equation (28) without a window limit, with the share of loss events that end in a time-out
// and the loss-event rate as measured. T_0 = 1 s, the least RTO of RFC 6298.
double Pftk(const SenderCounters& counters) {
  const double b = 1;
  const double t0 = 1;
  const double events = counters.fast_recoveries + counters.timeouts;
  const double sent = counters.sent_segments + counters.retransmitted_segments;
  const double p = events / sent;
  const double q = counters.timeouts / events;
  const double c = (2 + b) / (3 * b);
  const double window = c + std::sqrt(8 * (1 - p) / (3 * b * p) + c * c);
  const double f = 1 + p + 2 * p * p + 4 * std::pow(p, 3) + 8 * std::pow(p, 4) +
                   16 * std::pow(p, 5) + 32 * std::pow(p, 6);
  return ((1 - p) / p + window + q / (1 - p)) /
         (kRtt * (b / 2 * window + 1) + q * t0 * f / (1 - p));
}

TEST(TcpTheory, FollowsPftkAtOneAndThreePercent) {
  for (const uint32_t loss : {10u, 30u}) {
    const BulkResult result = Transfer(loss, loss == 10 ? 200'000'000 : 60'000'000);
    const double ratio = Throughput(result) / Pftk(result.counters);
    std::printf("%u %%: %.1f segments/s, %.2f of PFTK, %u recoveries, %u time-outs\n", loss / 10,
                Throughput(result), ratio, result.counters.fast_recoveries,
                result.counters.timeouts);
    EXPECT_GT(ratio, 0.8);
    EXPECT_LT(ratio, 1.2);
  }
}

DumbbellResult Share(int flows, size_t queue_packets, Duration time) {
  DumbbellRun run;
  run.flows = flows;
  run.bits_per_second = 10'000'000;
  run.access_bits_per_second = 100'000'000;
  run.middle_delay = Duration::Millis(20);
  run.access_delay = Duration::Millis(2);
  run.access_spread = Duration();
  run.jitter = Duration::Micros(200);  // against phase effects (Floyd and Jacobson, 1992)
  run.queue_packets = queue_packets;
  run.config = TcpConfig::For(Profile::kRfc);
  run.time = time;
  return RunDumbbell(run);
}

TEST(TcpTheory, OneFlowFillsALinkWhoseBufferHoldsABandwidthDelayProduct) {
  // 10 Mbit/s and 48 ms: 40 packets of 1500 bytes. With such a buffer the window halves to what
  // fills the link; the payload is 1448 of 1500 bytes.
  const DumbbellResult full = Share(1, 40, Duration::Seconds(120));
  const double most = 1448.0 / 1500;
  std::printf("one flow, buffer of one product: %.3f of the payload's share\n",
              full.utilisation / most);
  EXPECT_GT(full.utilisation, 0.97 * most);
  // Without a buffer it swings between one half and all of it: three quarters.
  const DumbbellResult bare = Share(1, 2, Duration::Seconds(120));
  std::printf("one flow, buffer of two packets: %.3f\n", bare.utilisation / most);
  EXPECT_NEAR(bare.utilisation / most, 0.75, 0.08);
}

TEST(TcpTheory, EqualFlowsGetEqualShares) {
  const DumbbellResult result = Share(8, 60, Duration::Seconds(300));
  std::printf("eight flows: Jain's index %.3f, utilisation %.3f\n", result.fairness,
              result.utilisation);
  EXPECT_GT(result.fairness, 0.95);
  EXPECT_GT(result.utilisation, 0.93);
}

TEST(TcpTheory, TheSeriesOfTimeoutsIsExact) {
  // One sample of 100 ms, from the handshake: SRTT 100, RTTVAR 50, RTO 300 ms (RFC 6298 (2.2));
  // then nothing is heard any more: doubled each time (5.5) up to 60 s (2.5).
  Recorder recorder;
  Simulator simulator({.run = {}, .nodes = {"alice", "bob"}, .sink = &recorder});
  Interface& a = simulator.node("alice").AddInterface("eth0");
  Interface& b = simulator.node("bob").AddInterface("eth0");
  LinkConfig there, back;
  there.propagation = back.propagation = Duration::Millis(50);
  there.outages.push_back({SimTime{Duration::Millis(120)}});
  simulator.Connect(a, b, std::move(there), std::move(back));
  IpLayer alice_ip(simulator.node("alice"), IpLayer::Role::kHost);
  IpLayer bob_ip(simulator.node("bob"), IpLayer::Role::kHost);
  const IpAddress bob_address = IpAddress::V4(0x0a000002);
  alice_ip.AddAddress(a, IpAddress::V4(0x0a000001));
  bob_ip.AddAddress(b, bob_address);
  alice_ip.AddRoute({bob_address, 32}, a);
  bob_ip.AddRoute({IpAddress::V4(0x0a000001), 32}, b);
  TcpLayer alice(alice_ip, RunSeed{}), bob(bob_ip, RunSeed{});
  TcpConfig config = TcpConfig::For(Profile::kRfc);
  config.min_rto = Duration::Millis(1);
  BulkEnd source(5000), sink(0);
  std::unique_ptr<TcpListener> listener;
  simulator.ScheduleAction(SimTime(), simulator.node("bob"), [&] {
    listener = *bob.ListenTcp(
        {IpAddress(), 80}, 4,
        [&](std::unique_ptr<Channel> channel) -> Channel::Listener& {
          sink.channel = std::move(channel);
          return sink;
        },
        config);
  });
  simulator.ScheduleAction(SimTime::FromNanos(1), simulator.node("alice"), [&] {
    source.channel = *alice.ConnectTcp({bob_address, 80}, source, {IpAddress(), 0}, config);
  });
  simulator.RunUntil(SimTime{Duration::Seconds(2000)});
  SimTime expected = SimTime::FromNanos(1) + Duration::Millis(100);  // when the data was sent
  Duration rto = Duration::Millis(300);
  int retries = 0;
  for (const auto& entry : recorder.Of(TraceKind::kTimerFired)) {
    if (entry.label != "retransmission" || entry.event.ref.node != NodeId{1}) continue;
    expected = expected + rto;
    rto = std::min(rto * 2, Duration::Seconds(60));
    EXPECT_EQ(entry.event.time, expected);
    ++retries;
  }
  EXPECT_EQ(retries, config.data_retries + 1);  // the last one gives up
}

}  // namespace
}  // namespace tickwire::tcp
