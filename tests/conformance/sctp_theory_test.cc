// Throughput of one ordered stream: 1000-byte messages, round trip 40 ms, independent loss in both
// directions, MTU 1280, RTO.Min 1 s, rate and receive window not limiting; mean of eight seeds.
//
// Two independent stacks reach 0.36 MB/s at 1 % and 0.19 at 3 %; ours is within 20 % of that. At
// 0.1 % ours follows the square-root law of RFC 9260's own increase (PMDCS each round trip:
// 1248 B / 40 ms * sqrt(1.5 / p) = 1.21 MB/s, of which 1000 / 1016 is user data), and so does
// usrsctp over the same path: tests/interop/usrsctp_throughput_test.cc measures both. It reaches
// 0.89, which is what other stacks are said to reach, only with a receive window of 64 KiB: it
// charges 256 bytes more for each chunk, and its slow start ends there.
//
// TICKWIRE_SCTP_THEORY_BYTES: how much is sent (default: 20 MB).
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

#include "sim_core/net/bernoulli_loss.h"
#include "tests/support/sctp_world.h"

namespace tickwire::sctp {
namespace {

// MB/s, from the first message to the last delivery.
double Throughput(Ratio loss, int64_t bytes, uint64_t seed) {
  std::vector<LinkConfig> forward(1), back(1);
  for (LinkConfig* link : {&forward[0], &back[0]}) {
    link->mtu = 1280;
    link->propagation = Duration::Millis(20);
    link->impairments.push_back(std::make_unique<BernoulliLoss>(loss));
  }
  SctpWorld w(1, Duration(), 1280, std::move(forward), std::move(back), seed);
  w.recorder.entries.clear();
  w.config_a.send_buffer = 1 << 22;
  w.config_z.receive_buffer = 1 << 24;
  w.config_a.max_init_retransmits = w.config_a.association_max_retrans = 100;
  w.Bind();
  w.Connect();
  w.Run(Duration::Seconds(20));
  const int64_t count = bytes / 1000;
  int64_t sent = 0;
  int64_t received = 0;
  const SimTime begin = w.simulator.now();
  SimTime end = begin;
  w.user_z.on_message = [&] {
    w.user_z.messages.clear();
    if (++received == count) end = w.simulator.now();
  };
  const std::string text(1000, 'x');
  while (received < count && w.simulator.now() - begin < Duration::Seconds(2000)) {
    while (sent < count && w.Send(w.user_a, text) == Association::SendResult::kAccepted) ++sent;
    w.Run(Duration::Millis(100));
    w.recorder.entries.clear();
  }
  EXPECT_EQ(received, count);
  const double seconds = static_cast<double>((end - begin).nanos()) / 1e9;
  return static_cast<double>(bytes) / 1e6 / seconds;
}

class SctpTheory : public testing::TestWithParam<std::pair<uint32_t, double>> {};

TEST_P(SctpTheory, IsWhatLawAndOtherStacksSay) {
  const char* const text = std::getenv("TICKWIRE_SCTP_THEORY_BYTES");
  const int64_t bytes = text == nullptr ? 20'000'000 : std::atoll(text);
  const auto& [per_thousand, expected] = GetParam();
  // At 0.1 % a transfer meets twenty losses: one seed says little.
  constexpr int kSeeds = 8;
  double sum = 0;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const double one = Throughput(Ratio{per_thousand, 1000}, bytes, seed);
    std::printf("  %.3f", one);
    sum += one;
  }
  const double reached = sum / kSeeds;
  std::printf("%u per thousand: %.3f MB/s, expected %.2f\n", per_thousand, reached, expected);
  EXPECT_GE(reached, 0.8 * expected);
  EXPECT_LE(reached, 1.2 * expected);
}

INSTANTIATE_TEST_SUITE_P(Loss, SctpTheory,
                         testing::Values(std::pair{1u, 1.19}, std::pair{10u, 0.36},
                                         std::pair{30u, 0.19}));

}  // namespace
}  // namespace tickwire::sctp
