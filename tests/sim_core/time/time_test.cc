#include <gtest/gtest.h>

#include <limits>

#include "sim_core/time/data_rate.h"
#include "sim_core/time/sim_time.h"

namespace tickwire {
namespace {

TEST(Duration, IsWrittenAsTheShortestExactDecimal) {
  EXPECT_EQ(ToString(Duration()), "0 s");
  EXPECT_EQ(ToString(Duration::Nanos(7)), "7 ns");
  EXPECT_EQ(ToString(Duration::Nanos(999)), "999 ns");
  EXPECT_EQ(ToString(Duration::Nanos(1000)), "1 us");
  EXPECT_EQ(ToString(Duration::Nanos(1250)), "1.25 us");
  EXPECT_EQ(ToString(Duration::Nanos(1001)), "1.001 us");
  EXPECT_EQ(ToString(Duration::Millis(500)), "500 ms");
  EXPECT_EQ(ToString(Duration::Nanos(999'999'999)), "999.999999 ms");
  EXPECT_EQ(ToString(Duration::Millis(31'500)), "31.5 s");
  EXPECT_EQ(ToString(Duration::Seconds(86'400)), "86400 s");
  EXPECT_EQ(ToString(Duration::Nanos(1'000'000'001)), "1.000000001 s");
}

TEST(Duration, HasASignAndEnds) {
  EXPECT_EQ(ToString(-Duration::Millis(1)), "-1 ms");
  EXPECT_EQ(ToString(Duration::Infinite()), "infinite");
  EXPECT_EQ(ToString(Duration::Nanos(std::numeric_limits<int64_t>::min())),
            "-9223372036.854775808 s");
}

TEST(SimTime, IsWrittenInSecondsWithNineDigits) {
  EXPECT_EQ(ToSecondsString(SimTime()), "0.000000000");
  EXPECT_EQ(ToSecondsString(SimTime::FromNanos(31'500'000'000)), "31.500000000");
  EXPECT_EQ(ToSecondsString(SimTime::FromNanos(1)), "0.000000001");
  EXPECT_EQ(ToSecondsString(SimTime::FromNanos(-1)), "-0.000000001");
}

// Rounded up, so that a link never carries more than its rate.
TEST(DataRate, TransmissionTimeIsRoundedUp) {
  constexpr DataRate kThird = DataRate::BitsPerSecond(3'000'000'000);
  static_assert(kThird.TransmissionTime(0) == Duration());
  static_assert(kThird.TransmissionTime(3) == Duration::Nanos(8));  // 24 bits, exactly
  static_assert(kThird.TransmissionTime(1) == Duration::Nanos(3));  // 2.67 ns
  static_assert(kThird.TransmissionTime(2) == Duration::Nanos(6));  // 5.33 ns
  EXPECT_EQ(DataRate::BitsPerSecond(1).TransmissionTime(65535), Duration::Seconds(65535 * 8));
  EXPECT_EQ(DataRate::BitsPerSecond(std::numeric_limits<int64_t>::max()).TransmissionTime(1),
            Duration::Nanos(1));
  EXPECT_EQ(DataRate::Infinite().TransmissionTime(1 << 20), Duration());
}

}  // namespace
}  // namespace tickwire
