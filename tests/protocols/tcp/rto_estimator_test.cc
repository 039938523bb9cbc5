#include "protocols/tcp/rto_estimator.h"

#include <gtest/gtest.h>

namespace tickwire::tcp {
namespace {

constexpr Duration Ms(int64_t n) { return Duration::Millis(n); }
const SimTime kNow = SimTime{Duration::Seconds(1)};

TEST(RtoEstimator, IsOneSecondBeforeTheFirstSample) {  // RFC 6298 section 2.1
  const TcpConfig config;
  EXPECT_EQ(RtoEstimator(config).rto(), Duration::Seconds(1));
}

TEST(RtoEstimator, FollowsTheFormulasOfSection2) {
  TcpConfig config;
  config.min_rto = Ms(1);
  RtoEstimator rto(config);
  // (2.2): SRTT = R, RTTVAR = R/2, RTO = SRTT + 4 RTTVAR = 3 R.
  rto.Observe(kNow, Ms(80));
  EXPECT_EQ(rto.srtt(), Ms(80));
  EXPECT_EQ(rto.rttvar(), Ms(40));
  EXPECT_EQ(rto.rto(), Ms(240));
  // (2.3): RTTVAR = 3/4 * 40 + 1/4 * |80 - 120| = 40; SRTT = 7/8 * 80 + 1/8 * 120 = 85.
  rto.Observe(kNow, Ms(120));
  EXPECT_EQ(rto.rttvar(), Ms(40));
  EXPECT_EQ(rto.srtt(), Ms(85));
  EXPECT_EQ(rto.rto(), Ms(245));
}

TEST(RtoEstimator, NeverAddsLessThanTheGranularity) {  // (2.3): max (G, K * RTTVAR)
  TcpConfig config;
  config.min_rto = Ms(1);
  config.clock_granularity = Ms(10);
  RtoEstimator rto(config);
  for (int i = 0; i < 200; ++i) rto.Observe(kNow, Ms(50));
  EXPECT_EQ(rto.rto(), Ms(60));
}

TEST(RtoEstimator, StaysWithinItsBounds) {  // (2.4), (2.5)
  TcpConfig config;
  config.max_rto = Duration::Seconds(4);
  RtoEstimator rto(config);
  rto.Observe(kNow, Ms(10));
  EXPECT_EQ(rto.rto(), Duration::Seconds(1));
  rto.Observe(kNow, Duration::Seconds(30));
  EXPECT_EQ(rto.rto(), Duration::Seconds(4));
}

TEST(RtoEstimator, DoublesAndComesBackWithTheNextSample) {  // (5.5), and the note after (5.7)
  TcpConfig config;
  RtoEstimator rto(config);
  rto.Observe(kNow, Ms(500));  // RTO 1.5 s
  const Duration series[] = {Ms(3000), Ms(6000), Ms(12000), Ms(24000), Ms(48000), Ms(60000)};
  for (const Duration expected : series) {
    rto.BackOff();
    EXPECT_EQ(rto.rto(), expected);
  }
  EXPECT_EQ(rto.backoffs(), 6);
  rto.Observe(kNow, Ms(500));
  EXPECT_EQ(rto.backoffs(), 0);
  EXPECT_EQ(rto.rto(), Ms(500) + Ms(750));  // RTTVAR 250 * 3/4 = 187.5; 4 of them
}

TEST(RtoEstimator, BeginsWithThreeSecondsAfterALostSyn) {  // (5.7)
  const TcpConfig config;
  RtoEstimator rto(config);
  rto.BackOff();
  rto.RestartAfterLostSyn();
  EXPECT_EQ(rto.rto(), Duration::Seconds(3));
}

TEST(RtoEstimator, DividesTheGainsAmongTheSamplesOfARoundTrip) {  // RFC 7323 appendix G
  TcpConfig config;
  RtoEstimator rto(config);
  rto.Observe(kNow, Ms(100));
  rto.Observe(kNow, Ms(180), 4);
  EXPECT_EQ(rto.srtt(), Ms(100) + Ms(80) / 32);
  EXPECT_EQ(rto.rttvar(), Ms(50) + (Ms(80) - Ms(50)) / 16);
}

TEST(RtoEstimator, LinuxPutsItsBoundOnTheVariation) {
  TcpConfig config = TcpConfig::For(Profile::kLinux);
  RtoEstimator rto(config);
  for (int i = 0; i < 200; ++i) rto.Observe(kNow, Ms(50));
  EXPECT_EQ(rto.rto(), Ms(50) + config.min_rto);
}

TEST(RtoEstimator, ForgetsTheLeastRttAfterAWhile) {  // RFC 8985 section 6.2 step 1
  const TcpConfig config;
  RtoEstimator rto(config);
  rto.Observe(SimTime{Duration::Seconds(1)}, Ms(10));
  rto.Observe(SimTime{Duration::Seconds(200)}, Ms(90));
  EXPECT_EQ(rto.min_rtt(), Ms(10));
  for (int second = 300; second < 1000; second += 10) {
    rto.Observe(SimTime{Duration::Seconds(second)}, Ms(90));
  }
  EXPECT_EQ(rto.min_rtt(), Ms(90));
}

TEST(RtoEstimator, IsNotShorterAfterASpuriousTimeout) {  // RFC 4015 section 3.1 step (11)
  TcpConfig config;
  RtoEstimator rto(config);
  rto.Observe(kNow, Ms(100));
  rto.BackOff();
  rto.Reinitialise(kNow, Ms(900), rto.srtt() + Ms(2), rto.rttvar());
  EXPECT_EQ(rto.srtt(), Ms(900));
  EXPECT_EQ(rto.rttvar(), Ms(450));
  EXPECT_EQ(rto.rto(), Ms(2700));
}

}  // namespace
}  // namespace tickwire::tcp
