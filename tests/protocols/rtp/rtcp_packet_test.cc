// RTCP compound packets (RFC 3550 §6, A.2).
#include "protocols/rtp/rtcp_packet.h"

#include <gtest/gtest.h>

namespace tickwire::rtp {
namespace {

RtcpCompound Full() {
  RtcpCompound compound;
  compound.ssrc = 0x01020304;
  compound.sender = SenderInfo{0x1122334455667788, 0xffffffff, 7, 1120};
  compound.reports = {{0xaabbccdd, 255, -0x800000, 0xffffffff, 1, 2, 3},
                      {1, 0, 0x7fffff, 0, 0xffffffff, 0, 0}};
  compound.cname = "alice@node";
  compound.has_bye = true;
  return compound;
}

TEST(Rtcp, CompoundPacketsSurvive) {
  RtcpCompound compound = Full();
  EXPECT_EQ(ParseRtcp(MakeRtcp(compound)), compound);
  compound.sender.reset();
  compound.reports.clear();
  for (const size_t size : {0u, 1u, 2u, 3u, 4u, 5u, 255u}) {
    compound.cname = std::string(size, 'x');
    const std::vector<uint8_t> bytes = MakeRtcp(compound);
    EXPECT_EQ(bytes.size() % 4, 0u);
    EXPECT_EQ(ParseRtcp(bytes), compound) << size;
  }
}

TEST(Rtcp, RejectsEveryTruncation) {
  RtcpCompound compound = Full();
  const std::vector<uint8_t> bytes = MakeRtcp(compound);
  // A prefix that ends where a packet of the compound ends is a shorter legal compound.
  const size_t sr = 4 + 24 + 48;
  for (size_t length = 0; length < bytes.size(); ++length) {
    const std::vector<uint8_t> prefix(bytes.begin(),
                                      bytes.begin() + static_cast<ptrdiff_t>(length));
    const bool is_whole = length == sr || length == bytes.size() - 8;
    EXPECT_EQ(ParseRtcp(prefix).has_value(), is_whole) << length;
  }
}

TEST(Rtcp, RejectsWhatBreaksTheRules) {
  std::vector<uint8_t> bytes = MakeRtcp(Full());
  bytes[0] = 0x42;  // version 1
  EXPECT_FALSE(ParseRtcp(bytes).has_value());
  bytes[0] = 0x9f;  // more reports than there are
  EXPECT_FALSE(ParseRtcp(bytes).has_value());
  const std::vector<uint8_t> bye = {0x81, 203, 0, 1, 0, 0, 0, 1};  // §6.1: a report comes first
  EXPECT_FALSE(ParseRtcp(bye).has_value());
}

TEST(Rtcp, NtpTimeCountsSecondsAndTheirFraction) {
  EXPECT_EQ(NtpTimeOf(SimTime()), 0u);
  EXPECT_EQ(NtpTimeOf(SimTime::FromNanos(1'500'000'000)), uint64_t{1} << 32 | uint64_t{1} << 31);
  EXPECT_EQ(MiddleOf(NtpTimeOf(SimTime::FromNanos(1'500'000'000))), 0x18000u);
}

}  // namespace
}  // namespace tickwire::rtp
