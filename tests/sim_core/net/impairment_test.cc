// Each impairment against what its parameters say.
#include "sim_core/net/impairment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <memory>
#include <vector>

#include "sim_core/net/bernoulli_loss.h"
#include "sim_core/net/corruption.h"
#include "sim_core/net/duplication.h"
#include "sim_core/net/gilbert_elliott_loss.h"
#include "sim_core/net/jitter.h"
#include "sim_core/net/listed_loss.h"
#include "sim_core/net/reordering.h"

namespace tickwire {
namespace {

using testing::ElementsAre;

constexpr int kMany = 200'000;

class ImpairmentTest : public testing::Test {
 protected:
  Packet Bytes(size_t size, uint8_t fill = 0) {
    Packet packet = Packet::Allocate(pool_, 0, size);
    std::fill(packet.mutable_bytes().begin(), packet.mutable_bytes().end(), fill);
    return packet;
  }
  // The `ordinal`th packet, one millisecond after the one before.
  TransitList Pass(Impairment& impairment, uint64_t ordinal, Packet packet) {
    TransitList out;
    const SimTime at{Duration::Millis(static_cast<int64_t>(ordinal))};
    impairment.Apply({std::move(packet), Duration()}, {at, at, ordinal}, rng_.Branch(ordinal), out);
    return out;
  }
  std::vector<bool> Lost(Impairment& impairment, int packets) {
    std::vector<bool> lost;
    for (int i = 1; i <= packets; ++i) lost.push_back(Pass(impairment, i, Packet()).empty());
    return lost;
  }
  static double Share(const std::vector<bool>& lost) {
    return static_cast<double>(std::count(lost.begin(), lost.end(), true)) /
           static_cast<double>(lost.size());
  }
  BufferPool pool_;
  Rng rng_ = Rng::ForStream({.seed = 20}, "test", "impairment");
};

TEST_F(ImpairmentTest, BernoulliLosesItsShare) {
  for (const Ratio p : {Ratio{0, 1}, Ratio{1, 1000}, Ratio{1, 10}, Ratio{1, 2}, Ratio{1, 1}}) {
    BernoulliLoss loss(p);
    const double expected = static_cast<double>(p.numerator) / p.denominator;
    const double sigma = std::sqrt(expected * (1 - expected) / kMany);
    EXPECT_NEAR(Share(Lost(loss, kMany)), expected, 6 * sigma);
  }
}

// The stationary share of the bad state is p / (p + r). Neighbours are correlated by 1 - p - r, so
// the variance of a mean is that of independent draws times (2 - p - r) / (p + r).
TEST_F(ImpairmentTest, GilbertElliottLosesWhatItsChainSays) {
  struct Row {
    Ratio p, r, good, bad;
  };
  for (const Row& row : std::vector<Row>{{{1, 100}, {1, 4}, {0, 1}, {1, 1}},
                                         {{1, 20}, {1, 2}, {1, 100}, {1, 2}},
                                         {{0, 1}, {1, 2}, {1, 10}, {1, 1}},
                                         {{1, 1}, {0, 1}, {0, 1}, {1, 4}}}) {
    GilbertElliottLoss loss({row.p, row.r, row.good, row.bad});
    const auto value = [](Ratio x) { return static_cast<double>(x.numerator) / x.denominator; };
    const double p = value(row.p), r = value(row.r);
    const double bad = p / (p + r);
    const double expected = (1 - bad) * value(row.good) + bad * value(row.bad);
    const double spread = std::max(1.0, (2 - p - r) / (p + r));
    const double sigma = std::sqrt(expected * (1 - expected) / kMany * spread);
    EXPECT_NEAR(Share(Lost(loss, kMany)), expected, 6 * sigma) << p << " " << r;
  }
}

// With loss in the bad state only, a burst ends with probability r after each packet.
TEST_F(ImpairmentTest, GilbertElliottBurstsLastOneOverR) {
  const double r = 0.2;
  GilbertElliottLoss loss({{1, 50}, {1, 5}});
  int bursts = 0, lost = 0;
  bool before = false;
  for (const bool now : Lost(loss, kMany)) {
    bursts += now && !before;
    lost += now;
    before = now;
  }
  const double sigma = std::sqrt((1 - r) / (r * r) / bursts);
  EXPECT_NEAR(static_cast<double>(lost) / bursts, 1 / r, 6 * sigma);
}

struct StartsWith : PacketMatcher {
  explicit StartsWith(uint8_t wanted) : byte(wanted) {}
  bool Matches(const Packet& packet) const override { return packet.bytes()[0] == byte; }
  uint8_t byte;
};

TEST_F(ImpairmentTest, ListedLossTakesJustTheNamedPackets) {
  const auto lost = [&](ListedLoss::Parameters parameters) {
    ListedLoss loss(std::move(parameters));
    std::vector<int> numbers;
    for (int i = 1; i <= 12; ++i) {
      if (Pass(loss, i, Bytes(1, static_cast<uint8_t>(i % 3))).empty()) numbers.push_back(i);
    }
    return numbers;
  };
  EXPECT_THAT(lost({.matcher = nullptr, .ordinals = {3, 1}}), ElementsAre(1, 3));
  EXPECT_THAT(lost({.matcher = std::make_unique<StartsWith>(2), .ordinals = {}}),
              ElementsAre(2, 5, 8, 11));
  // Ordinals count among those that match.
  EXPECT_THAT(lost({.matcher = std::make_unique<StartsWith>(2), .ordinals = {1, 3}}),
              ElementsAre(2, 8));
  // From t1, and before t2; packet i leaves at i ms.
  EXPECT_THAT(lost({.matcher = nullptr,
                    .ordinals = {},
                    .from = SimTime{Duration::Millis(4)},
                    .until = SimTime{Duration::Millis(6)}}),
              ElementsAre(4, 5));
  // Ordinals count within the window too.
  EXPECT_THAT(lost({.matcher = std::make_unique<StartsWith>(0),
                    .ordinals = {2},
                    .from = SimTime{Duration::Millis(4)}}),
              ElementsAre(9));
}

TEST_F(ImpairmentTest, DuplicationAddsACopyLater) {
  Duplication always(Ratio{1, 1}, Duration::Millis(2));
  const TransitList twice = Pass(always, 1, Bytes(4, 0xab));
  ASSERT_EQ(twice.size(), 2u);
  EXPECT_EQ(twice[0].extra_delay, Duration());
  EXPECT_EQ(twice[1].extra_delay, Duration::Millis(2));
  EXPECT_EQ(twice[1].packet.bytes()[3], 0xab);
  EXPECT_NE(twice[0].packet.bytes().data(), twice[1].packet.bytes().data());
  Duplication never(Ratio{0, 1}, Duration());
  EXPECT_EQ(Pass(never, 1, Bytes(1)).size(), 1u);
}

TEST_F(ImpairmentTest, CorruptionFlipsExactlyItsBitsAndSaysSo) {
  for (const int bits : {1, 2, 7, 100, 1000}) {
    Corruption corruption(Ratio{1, 1}, bits);
    for (const size_t size : {1, 3, 40}) {
      for (uint64_t i = 1; i <= 50; ++i) {
        const TransitList out = Pass(corruption, i, Bytes(size));
        ASSERT_EQ(out.size(), 1u);
        int flipped = 0;
        for (const uint8_t byte : out[0].packet.bytes()) flipped += std::popcount(byte);
        EXPECT_EQ(flipped, std::min<int>(bits, static_cast<int>(size) * 8));
        ASSERT_NE(out[0].packet.spoiled(), nullptr);
        EXPECT_STREQ(out[0].packet.spoiled()->name, "bit_corruption");
      }
    }
  }
}

TEST_F(ImpairmentTest, CorruptionLeavesOthersAndEmptyOnesAlone) {
  Corruption never(Ratio{0, 1}, 1), always(Ratio{1, 1}, 1);
  EXPECT_EQ(Pass(never, 1, Bytes(1))[0].packet.spoiled(), nullptr);
  EXPECT_EQ(Pass(always, 1, Packet())[0].packet.spoiled(), nullptr);
}

TEST_F(ImpairmentTest, ReorderingHoldsBackItsShare) {
  Reordering reordering(Ratio{1, 4}, Duration::Millis(5));
  int held = 0;
  for (int i = 1; i <= kMany; ++i) {
    const Duration extra = Pass(reordering, i, Packet())[0].extra_delay;
    ASSERT_TRUE(extra == Duration() || extra == Duration::Millis(5));
    held += extra > Duration();
  }
  EXPECT_NEAR(static_cast<double>(held) / kMany, 0.25, 6 * std::sqrt(0.25 * 0.75 / kMany));
}

TEST_F(ImpairmentTest, UniformJitterStaysInItsRange) {
  const Duration low = Duration::Micros(100), high = Duration::Millis(9);
  Jitter jitter({.low = low, .high = high, .keep_order = false});
  Duration least = high, most = low;
  int overtakes = 0;
  Duration last;
  for (int i = 1; i <= 20'000; ++i) {
    const Duration extra = Pass(jitter, i, Packet())[0].extra_delay;
    ASSERT_GE(extra, low);
    ASSERT_LE(extra, high);
    least = std::min(least, extra);
    most = std::max(most, extra);
    overtakes += Duration::Millis(i) + extra < last;
    last = Duration::Millis(i) + extra;
  }
  EXPECT_LT(least, Duration::Micros(110));
  EXPECT_GT(most, Duration::Micros(8990));
  EXPECT_GT(overtakes, 1000);
}

TEST_F(ImpairmentTest, JitterThatKeepsOrderIsNeverOvertaken) {
  Jitter jitter({.low = Duration(), .high = Duration::Millis(9), .keep_order = true});
  Duration last;
  for (int i = 1; i <= 20'000; ++i) {
    const Duration arrival = Duration::Millis(i) + Pass(jitter, i, Packet())[0].extra_delay;
    ASSERT_GE(arrival, last);
    last = arrival;
  }
}

TEST_F(ImpairmentTest, DrawsAreNeverNegativeAndCutAtTheMaximum) {
  Jitter normal({.shape = Jitter::Shape::kNormal,
                 .mean = Duration::Millis(1),
                 .standard_deviation = Duration::Millis(5),
                 .maximum = Duration::Millis(4),
                 .keep_order = false});
  Jitter pareto({.shape = Jitter::Shape::kPareto,
                 .mean = Duration::Millis(1),
                 .shape_thousandths = 100,  // so heavy that every tail is met
                 .maximum = Duration::Seconds(3600),
                 .keep_order = false});
  Jitter lognormal({.shape = Jitter::Shape::kLognormal,
                    .mean = Duration::Seconds(1),
                    .shape_thousandths = 1'000'000,
                    .maximum = Duration::Seconds(3600),
                    .keep_order = false});
  for (int i = 1; i <= 20'000; ++i) {
    for (Jitter* jitter : {&normal, &pareto, &lognormal}) {
      const Duration extra = Pass(*jitter, i, Packet())[0].extra_delay;
      ASSERT_GE(extra, Duration());
      ASSERT_LE(extra, jitter == &normal ? Duration::Millis(4) : Duration::Seconds(3600));
    }
  }
}

// The packet before, or another draw for it, changes nothing for the next.
TEST_F(ImpairmentTest, DecisionsDependOnTheOrdinalAlone) {
  BernoulliLoss loss(Ratio{1, 2});
  const std::vector<bool> all = Lost(loss, 100);
  for (int i = 100; i >= 1; --i) {
    EXPECT_EQ(Pass(loss, i, Packet()).empty(), all[static_cast<size_t>(i) - 1]);
  }
}

}  // namespace
}  // namespace tickwire
