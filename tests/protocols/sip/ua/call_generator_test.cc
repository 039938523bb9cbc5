#include "protocols/sip/ua/call_generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/protocols/sip/support/memory_network.h"

namespace tickwire::sip {
namespace {

using ::testing::ElementsAre;

class CallGeneratorTest : public ::testing::Test, public CallGenerator::Placer {
 protected:
  void OnArrival(CallGenerator&, uint64_t number, std::optional<Duration> holding) override {
    EXPECT_EQ(number, arrivals_.size());
    arrivals_.push_back(network_.loop().now().nanos() / 1'000'000);
    if (holding.has_value()) holdings_.push_back(holding->nanos() / 1'000'000);
  }
  void Run(const CallGeneratorConfig& config, int64_t until_ms) {
    CallGenerator generator(node_.clock(), entity_, *this, config,
                            Rng::ForStream(RunSeed{}, "test", "arrivals"),
                            Rng::ForStream(RunSeed{}, "test", "holdings"));
    generator.Start();
    network_.RunTo(until_ms);
  }

  MemoryNetwork network_;
  MemoryNetwork::Node& node_ = network_.AddNode("alice", IpAddress::V4(0x0a000001));
  TraceEntity entity_;
  std::vector<int64_t> arrivals_, holdings_;
};

TEST_F(CallGeneratorTest, ConstantArrivalsAreEvenlySpacedFromTheStart) {
  Run({.arrivals = ConstantArrivals{2'000'000}, .start = Duration::Seconds(1)}, 2'700);
  EXPECT_THAT(arrivals_, ElementsAre(1000, 1500, 2000, 2500));
}

TEST_F(CallGeneratorTest, StopIsExclusiveAndTheNumberOfCallsIsBounded) {
  Run({.arrivals = ConstantArrivals{1'000'000}, .stop = Duration::Seconds(2)}, 60'000);
  EXPECT_THAT(arrivals_, ElementsAre(0, 1000));
  arrivals_.clear();
  Run({.arrivals = ConstantArrivals{1'000'000}, .start = Duration::Seconds(100), .most_calls = 3},
      200'000);
  EXPECT_EQ(arrivals_.size(), 3u);
}

TEST_F(CallGeneratorTest, BurstsComeAllAtOnce) {
  Run({.arrivals = BurstArrivals{3, Duration::Millis(400)}, .most_calls = 7}, 60'000);
  EXPECT_THAT(arrivals_, ElementsAre(0, 0, 0, 400, 400, 400, 800));
}

// From 0 to 2 calls a second in 4 s: n calls have come when t^2 / 4 = n, and 4 after the ramp; then
// one each half second.
TEST_F(CallGeneratorTest, ARampFollowsTheAreaUnderItsLine) {
  Run({.arrivals = RampArrivals{0, 2'000'000, Duration::Seconds(4)}, .most_calls = 6}, 60'000);
  EXPECT_THAT(arrivals_, ElementsAre(2000, 2828, 3464, 4000, 4500, 5000));
}

TEST_F(CallGeneratorTest, ARampMayFall) {
  Run({.arrivals = RampArrivals{2'000'000, 1'000'000, Duration::Seconds(2)}, .most_calls = 5},
      60'000);
  // 2t - t^2/4 = n up to 2 s, where 3 calls have come; then one a second.
  EXPECT_THAT(arrivals_, ElementsAre(535, 1171, 2000, 3000, 4000));
}

TEST_F(CallGeneratorTest, PoissonArrivalsHaveTheirMeanAndDurationsAreDrawnApart) {
  Run({.arrivals = PoissonArrivals{10'000'000},
       .holding = ExponentialHolding{Duration::Seconds(3)},
       .stop = Duration::Seconds(1000)},
      1'100'000);
  // 10,000 expected, standard deviation 100: five of them either way.
  EXPECT_GT(arrivals_.size(), 9'500u);
  EXPECT_LT(arrivals_.size(), 10'500u);
  double sum = 0;
  for (const int64_t holding : holdings_) sum += static_cast<double>(holding);
  EXPECT_NEAR(sum / static_cast<double>(holdings_.size()), 3000, 150);
  // Common random numbers: other durations leave the arrivals as they were.
  const std::vector<int64_t> before = arrivals_;
  arrivals_.clear();
  MemoryNetwork other;
  auto& node = other.AddNode("alice", IpAddress::V4(0x0a000001));
  struct Recorder : CallGenerator::Placer {
    explicit Recorder(MemoryNetwork& n) : network(n) {}
    void OnArrival(CallGenerator&, uint64_t, std::optional<Duration>) override {
      arrivals.push_back(network.loop().now().nanos() / 1'000'000);
    }
    MemoryNetwork& network;
    std::vector<int64_t> arrivals;
  } recorder(other);
  CallGenerator generator(node.clock(), entity_, recorder,
                          {.arrivals = PoissonArrivals{10'000'000},
                           .holding = LognormalHolding{Duration::Seconds(1), 500},
                           .stop = Duration::Seconds(1000)},
                          Rng::ForStream(RunSeed{}, "test", "arrivals"),
                          Rng::ForStream(RunSeed{}, "test", "holdings"));
  generator.Start();
  other.RunTo(1'100'000);
  EXPECT_EQ(recorder.arrivals, before);
}

}  // namespace
}  // namespace tickwire::sip
