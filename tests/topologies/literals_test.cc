#include "topologies/literals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tickwire {
namespace {

using ::testing::HasSubstr;

int64_t Nanos(const char* text) {
  const auto value = ParseDuration(text);
  return value.ok() ? value.value().nanos() : -1;
}

TEST(DurationLiteral, IsExactInEveryUnit) {
  EXPECT_EQ(Nanos("7ns"), 7);
  EXPECT_EQ(Nanos("500us"), 500'000);
  EXPECT_EQ(Nanos("500µs"), 500'000);
  EXPECT_EQ(Nanos("20ms"), 20'000'000);
  EXPECT_EQ(Nanos("1.5s"), 1'500'000'000);
  EXPECT_EQ(Nanos("0.000000001s"), 1);
  EXPECT_EQ(Nanos("2min"), 120'000'000'000);
  EXPECT_EQ(Nanos("1h"), 3'600'000'000'000);
  EXPECT_EQ(Nanos("0s"), 0);
  EXPECT_EQ(Nanos("00.50ms"), 500'000);
  EXPECT_EQ(ParseDuration("never").value(), Duration::Infinite());
  EXPECT_EQ(ParseDuration("-5ms").value().nanos(), -5'000'000);
}

TEST(DurationLiteral, ReachesTheLastSecondThatFitsAndNotFurther) {
  EXPECT_EQ(Nanos("9223372036.854775806s"), 9'223'372'036'854'775'806);
  EXPECT_FALSE(ParseDuration("9223372036.854775807s").ok());  // that is "never"
  EXPECT_FALSE(ParseDuration("9223372037s").ok());
  EXPECT_FALSE(ParseDuration("99999999999999999999999999999999999999h").ok());
}

TEST(DurationLiteral, RefusesRatherThanRounds) {
  EXPECT_THAT(ParseDuration("0.5ns").error().reason, HasSubstr("finer than 1 ns"));
  EXPECT_THAT(ParseDuration("0.0000000001s").error().reason, HasSubstr("finer"));
  EXPECT_EQ(Nanos("0.50000000000000000000s"), 500'000'000);
}

TEST(DurationLiteral, SaysWhatIsWrong) {
  EXPECT_THAT(ParseDuration("20").error().reason, HasSubstr("no unit"));
  EXPECT_EQ(ParseDuration("0").error().suggestion, "0s");
  EXPECT_EQ(ParseDuration("20 ms").error().suggestion, "20ms");
  EXPECT_EQ(ParseDuration("20MS").error().suggestion, "20ms");
  EXPECT_THAT(ParseDuration("20sec").error().reason, HasSubstr("unknown unit \"sec\""));
  for (const char* text :
       {"", "ms", ".", ".s", "1.s", "1..5s", "--1s", "+1s", "1e3s", "1,5s", " 1s"}) {
    EXPECT_FALSE(ParseDuration(text).ok()) << text;
  }
}

TEST(RateLiteral, CountsInPowersOfThousand) {
  EXPECT_EQ(ParseRate("1bps").value().bits_per_second(), 1);
  EXPECT_EQ(ParseRate("64kbps").value().bits_per_second(), 64'000);
  EXPECT_EQ(ParseRate("1.5Mbps").value().bits_per_second(), 1'500'000);
  EXPECT_EQ(ParseRate("400Gbps").value().bits_per_second(), 400'000'000'000);
  EXPECT_TRUE(ParseRate("infinite").value().is_infinite());
  EXPECT_FALSE(ParseRate("0Mbps").ok());
  EXPECT_FALSE(ParseRate("-1Mbps").ok());
  EXPECT_FALSE(ParseRate("0.5bps").ok());
  EXPECT_EQ(ParseRate("10mbps").error().suggestion, "10Mbps");
}

TEST(SizeLiteral, KnowsBothKindsOfKilo) {
  EXPECT_EQ(ParseSize("1500B").value(), 1500);
  EXPECT_EQ(ParseSize("64KiB").value(), 65'536);
  EXPECT_EQ(ParseSize("64kB").value(), 64'000);
  EXPECT_EQ(ParseSize("1.5MiB").value(), 1'572'864);
  EXPECT_FALSE(ParseSize("0.5B").ok());
  EXPECT_FALSE(ParseSize("-1B").ok());
  EXPECT_FALSE(ParseSize("1500").ok());
}

TEST(ProbabilityLiteral, IsAnExactRatio) {
  constexpr uint32_t kBillion = 1'000'000'000;
  EXPECT_EQ(ParseProbability("1%").value(), (Ratio{10'000'000, kBillion}));
  EXPECT_EQ(ParseProbability("0.001").value(), (Ratio{1'000'000, kBillion}));
  EXPECT_EQ(ParseProbability("0.000000001").value(), (Ratio{1, kBillion}));
  EXPECT_EQ(ParseProbability("0.0000001%").value(), (Ratio{1, kBillion}));
  EXPECT_EQ(ParseProbability("100%").value(), (Ratio{kBillion, kBillion}));
  EXPECT_EQ(ParseProbability("0").value(), (Ratio{0, kBillion}));
  EXPECT_EQ(ParseProbability("1").value(), (Ratio{kBillion, kBillion}));
  EXPECT_EQ(ParseProbability("1/3").value(), (Ratio{1, 3}));
  EXPECT_FALSE(ParseProbability("0.0000000001").ok());
  EXPECT_FALSE(ParseProbability("100.1%").ok());
  EXPECT_FALSE(ParseProbability("-1%").ok());
  EXPECT_FALSE(ParseProbability("4/3").ok());
  EXPECT_FALSE(ParseProbability("1/0").ok());
  EXPECT_FALSE(ParseProbability("/").ok());
  EXPECT_FALSE(ParseProbability("-1/2").ok());
  EXPECT_EQ(ParseProbability("10").error().suggestion, "10%");
}

TEST(DecimalLiteral, CountsMillionths) {
  EXPECT_EQ(ParseDecimal("1.5").value(), 1'500'000);
  EXPECT_EQ(ParseDecimal("-0.000001").value(), -1);
  EXPECT_FALSE(ParseDecimal("0.0000001").ok());
  EXPECT_FALSE(ParseDecimal("1.5x").ok());
}

}  // namespace
}  // namespace tickwire
