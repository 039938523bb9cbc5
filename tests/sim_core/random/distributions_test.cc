#include "sim_core/random/distributions.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace tickwire {
namespace {

constexpr int kDraws = 200'000;

double ToDouble(Q32 q) { return static_cast<double>(q) / 4294967296.0; }

struct Moments {
  double mean = 0;
  double deviation = 0;
};
template <class Draw>
Moments Measure(Draw draw) {
  double sum = 0, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = draw();
    sum += x;
    squares += x * x;
  }
  const double mean = sum / kDraws;
  return {mean, std::sqrt(squares / kDraws - mean * mean)};
}

TEST(FixedPoint, LogarithmAgreesWithTheRealOne) {
  for (uint64_t x : {uint64_t{1}, uint64_t{2}, uint64_t{3}, uint64_t{1} << 63, ~uint64_t{0},
                     uint64_t{0x123456789abcdef}}) {
    EXPECT_NEAR(ToDouble(NegativeLog2OfFraction(x)), 64 - std::log2(static_cast<double>(x)), 1e-9);
  }
}

TEST(FixedPoint, PowerOfTwoAgreesWithTheRealOne) {
  for (double x : {-31.5, -3.25, -0.001, 0.0, 0.5, 1.0, 7.75, 30.9}) {
    const Q32 q = static_cast<Q32>(std::llround(x * 4294967296.0));
    EXPECT_NEAR(ToDouble(Exp2(q)) / std::exp2(x), 1.0, x < -20 ? 0.6 : 1e-6) << x;
  }
  EXPECT_EQ(Exp2(Q32{40} << 32), std::numeric_limits<Q32>::max());
  EXPECT_EQ(Exp2(-(Q32{40} << 32)), 0);
}

TEST(FixedPoint, SquareRootAgreesWithTheRealOne) {
  for (double x : {0.0, 0.25, 2.0, 1e6, 2e9}) {
    const Q32 q = static_cast<Q32>(x * 4294967296.0);
    EXPECT_NEAR(ToDouble(SqrtQ32(q)), std::sqrt(x), 1e-6);
  }
}

// Bands are six standard errors of the mean wide (deviation / sqrt(200000) * 6).
TEST(Distributions, ExponentialHasItsMeanAndDeviation) {
  Rng rng = Rng::ForStream({1, 0, 0}, "t", "exponential");
  const Moments m =
      Measure([&] { return ExponentialDuration(rng, Duration::Millis(20)).nanos() / 1e6; });
  EXPECT_NEAR(m.mean, 20, 20 / std::sqrt(kDraws) * 6);
  EXPECT_NEAR(m.deviation, 20, 0.5);
}

TEST(Distributions, StandardNormalHasItsMomentsAndTails) {
  Rng rng = Rng::ForStream({1, 0, 0}, "t", "normal");
  int beyond_two = 0;
  const Moments m = Measure([&] {
    const double x = ToDouble(StandardNormal(rng));
    if (std::abs(x) > 2) ++beyond_two;
    return x;
  });
  EXPECT_NEAR(m.mean, 0, 6 / std::sqrt(kDraws));
  EXPECT_NEAR(m.deviation, 1, 0.01);
  EXPECT_NEAR(beyond_two / static_cast<double>(kDraws), 0.0455, 0.003);  // 2 * (1 - Phi(2))
}

TEST(Distributions, NormalDurationIsNeverNegative) {
  Rng rng = Rng::ForStream({1, 0, 0}, "t", "normal duration");
  for (int i = 0; i < 1000; ++i) {
    EXPECT_GE(NormalDuration(rng, Duration::Millis(1), Duration::Millis(10)), Duration());
  }
}

TEST(Distributions, ParetoHasItsMedianAndNothingBelowItsScale) {
  Rng rng = Rng::ForStream({1, 0, 0}, "t", "pareto");
  int above_median = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Duration x = ParetoDuration(rng, Duration::Millis(10), 2500);
    EXPECT_GE(x, Duration::Millis(10) - Duration::Nanos(1));
    if (x.nanos() > 10e6 * std::pow(2, 1 / 2.5)) ++above_median;  // scale * 2^(1/shape)
  }
  EXPECT_NEAR(above_median / static_cast<double>(kDraws), 0.5, 0.007);
}

TEST(Distributions, LognormalHasItsMedianAndMean) {
  Rng rng = Rng::ForStream({1, 0, 0}, "t", "lognormal");
  int above = 0;
  const Moments m = Measure([&] {
    const Duration x = LognormalDuration(rng, Duration::Millis(10), 500);
    if (x > Duration::Millis(10)) ++above;
    return x.nanos() / 1e6;
  });
  EXPECT_NEAR(above / static_cast<double>(kDraws), 0.5, 0.007);
  EXPECT_NEAR(m.mean, 10 * std::exp(0.125), 0.1);  // median * e^(sigma^2 / 2)
}

TEST(Distributions, EmpiricalInterpolatesItsTable) {
  const std::vector<EmpiricalRow> rows = {
      {Duration::Millis(1), 0}, {Duration::Millis(2), 1u << 31}, {Duration::Millis(10), ~0u}};
  Rng rng = Rng::ForStream({1, 0, 0}, "t", "empirical");
  int low_half = 0;
  for (int i = 0; i < kDraws; ++i) {
    const Duration x = EmpiricalDuration(rng, rows);
    EXPECT_GE(x, Duration::Millis(1));
    EXPECT_LE(x, Duration::Millis(10));
    if (x <= Duration::Millis(2)) ++low_half;
  }
  EXPECT_NEAR(low_half / static_cast<double>(kDraws), 0.5, 0.007);
}

TEST(Distributions, UniformReachesBothEnds) {
  Rng rng = Rng::ForStream({1, 0, 0}, "t", "uniform");
  bool low = false, high = false;
  for (int i = 0; i < 1000; ++i) {
    const Duration x = UniformDuration(rng, Duration::Nanos(5), Duration::Nanos(8));
    low |= x == Duration::Nanos(5);
    high |= x == Duration::Nanos(8);
  }
  EXPECT_TRUE(low && high);
}

}  // namespace
}  // namespace tickwire
