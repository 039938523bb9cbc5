// Loss and jitter as RFC 3550 A.1, A.3 and A.8 compute them.
#include "protocols/rtp/receiver_statistics.h"

#include <gtest/gtest.h>

namespace tickwire::rtp {
namespace {

class ReceiverStatisticsTest : public ::testing::Test {
 protected:
  // Packet `n` of a stream of 20 ms packets, `extra_ms` later than a constant delay.
  void Arrive(int n, int64_t extra_ms = 0) {
    RtpHeader header;
    header.sequence = static_cast<uint16_t>(base_ + n);
    header.timestamp = static_cast<uint32_t>(first_timestamp_ + 160u * static_cast<uint32_t>(n));
    statistics_.OnPacket(header, SimTime::FromNanos((100 + 20 * n + extra_ms) * 1'000'000));
  }
  int base_ = 65530;                       // wraps on the way
  uint32_t first_timestamp_ = 0xfffffe00;  // so does this
  ReceiverStatistics statistics_{8000, Duration::Millis(60)};
};

TEST_F(ReceiverStatisticsTest, AWholeStreamHasNeitherLossNorJitter) {
  for (int n = 0; n < 100; ++n) Arrive(n);
  EXPECT_EQ(statistics_.received(), 100u);
  EXPECT_EQ(statistics_.expected(), 100u);
  EXPECT_EQ(statistics_.lost(), 0);
  EXPECT_EQ(statistics_.jitter(), 0u);
  EXPECT_EQ(statistics_.late(), 0u);
  EXPECT_EQ(statistics_.highest_sequence(), 65536u + ((65530 + 99) & 0xffff));
}

TEST_F(ReceiverStatisticsTest, LossIsExpectedMinusReceived) {
  for (int n = 0; n < 100; ++n) {
    if (n % 4 != 1) Arrive(n);  // 1, 5, ..., 97 are lost: 25 packets
  }
  EXPECT_EQ(statistics_.lost(), 25);
  ReportBlock block;
  statistics_.FillReport(block);
  EXPECT_EQ(block.fraction_lost, 25 * 256 / 100);
  EXPECT_EQ(block.cumulative_lost, 25);
  statistics_.FillReport(block);  // nothing since
  EXPECT_EQ(block.fraction_lost, 0);
}

TEST_F(ReceiverStatisticsTest, DuplicatesMakeLossNegative) {
  Arrive(0);
  Arrive(1);
  Arrive(1);
  EXPECT_EQ(statistics_.lost(), -1);
  ReportBlock block;
  statistics_.FillReport(block);
  EXPECT_EQ(block.fraction_lost, 0);
}

TEST_F(ReceiverStatisticsTest, OrderDoesNotMatterForLoss) {
  for (const int n : {0, 2, 1, 3}) Arrive(n);
  EXPECT_EQ(statistics_.lost(), 0);
  EXPECT_EQ(statistics_.out_of_order(), 1u);
}

// A.8 step by step: J += D - ((J + 8) >> 4), reported J >> 4. Each second packet is 2 ms late: |D|
// is 16 units of 125 us from the second packet on.
TEST_F(ReceiverStatisticsTest, JitterFollowsTheFormula) {
  uint32_t expected = 0;
  Arrive(0);
  for (int n = 1; n < 200; ++n) {
    Arrive(n, n % 2 == 1 ? 2 : 0);
    expected += 16 - ((expected + 8) >> 4);
    ASSERT_EQ(statistics_.jitter(), expected >> 4) << n;
  }
  // It settles at |D| = 16 units, 2 ms.
  EXPECT_NEAR(static_cast<double>(statistics_.JitterTime().nanos()), 2e6, 0.13e6);
}

TEST_F(ReceiverStatisticsTest, BeyondThePlayoutBufferIsLate) {
  for (int n = 0; n < 10; ++n) Arrive(n, n == 5 ? 61 : n == 6 ? 59 : 0);
  EXPECT_EQ(statistics_.late(), 1u);
}

// A.1: a jump is believed when the next packet confirms it.
TEST_F(ReceiverStatisticsTest, AJumpStartsAnewWhenItIsConfirmed) {
  for (int n = 0; n < 10; ++n) Arrive(n);
  Arrive(20'000);
  EXPECT_EQ(statistics_.received(), 10u);
  Arrive(20'001);
  Arrive(20'002);
  EXPECT_EQ(statistics_.received(), 2u);
  EXPECT_EQ(statistics_.lost(), 0);
}

}  // namespace
}  // namespace tickwire::rtp
