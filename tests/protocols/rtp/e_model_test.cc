// The E-model in integers against the formulas in numbers.
#include "protocols/rtp/e_model.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace tickwire::rtp {
namespace {

double ExactR(double delay_ms, double loss_percent) {
  const double id = 0.024 * delay_ms + (delay_ms > 177.3 ? 0.11 * (delay_ms - 177.3) : 0);
  return std::max(93.2 - id - 95 * loss_percent / (loss_percent + 25.1), 0.0);
}
double ExactMos(double r) {
  return std::clamp(1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6, 1.0, 4.5);
}

TEST(EModel, IntegersFollowTheFormulas) {
  for (const int delay : {0, 20, 80, 150, 177, 178, 250, 400, 1000}) {
    for (const int lost : {0, 1, 5, 10, 20, 50, 100}) {
      const CallQuality quality =
          RateCall(Duration::Millis(delay), static_cast<uint64_t>(lost), 100);
      const double r = ExactR(delay, lost);
      EXPECT_NEAR(quality.r_hundredths / 100.0, r, 0.03) << delay << " " << lost;
      EXPECT_NEAR(quality.mos_hundredths / 100.0, ExactMos(r), 0.02) << delay << " " << lost;
    }
  }
}

TEST(EModel, ItsEndsAreOneAndFourAndAHalf) {
  EXPECT_EQ(MosOf(0), 100);
  EXPECT_EQ(MosOf(-5), 100);
  EXPECT_EQ(MosOf(10'000), 450);
  EXPECT_EQ(RateCall(Duration(), 0, 0).r_hundredths, 9320);
  EXPECT_EQ(RateCall(Duration::Seconds(100), 5, 5).r_hundredths, 0);
}

}  // namespace
}  // namespace tickwire::rtp
