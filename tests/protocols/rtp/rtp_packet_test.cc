// The RTP header (RFC 3550 §5.1, A.1).
#include "protocols/rtp/rtp_packet.h"

#include <gtest/gtest.h>

namespace tickwire::rtp {
namespace {

TEST(RtpPacket, BoundaryValuesSurvive) {
  for (const RtpHeader& header :
       {RtpHeader{}, RtpHeader{false, false, true, 127, 65535, 0xffffffff, 0xffffffff, 0},
        RtpHeader{false, false, false, 8, 1, 2, 3, 0}}) {
    std::vector<uint8_t> bytes;
    AppendRtpHeader(header, bytes);
    ASSERT_EQ(bytes.size(), RtpHeader::kBytes);
    const auto packet = ParseRtp(bytes, 160);
    ASSERT_TRUE(packet.has_value());
    EXPECT_EQ(packet->header, header);
    EXPECT_EQ(packet->payload_bytes, 160u);
  }
}

TEST(RtpPacket, CsrcExtensionAndPaddingAreNotPayload) {
  // Version 2, padding, extension, one CSRC; extension of one word; payload of 2; padding of 3.
  const std::vector<uint8_t> bytes = {0xb1, 0x80, 0,    1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9,
                                      9,    0xbe, 0xde, 0, 1, 7, 7, 7, 7, 5, 5, 0, 0, 3};
  const auto packet = ParseRtp(bytes);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->payload_offset, 24u);
  EXPECT_EQ(packet->payload_bytes, 2u);
  EXPECT_TRUE(packet->header.marker);
  for (size_t length = 0; length < bytes.size(); ++length) {
    const std::vector<uint8_t> prefix(bytes.begin(),
                                      bytes.begin() + static_cast<ptrdiff_t>(length));
    ParseRtp(prefix);  // must not read behind the end
    EXPECT_TRUE(length >= 24 || !ParseRtp(prefix).has_value()) << length;
  }
}

TEST(RtpPacket, RejectsWhatIsNone) {
  std::vector<uint8_t> bytes;
  AppendRtpHeader(RtpHeader{}, bytes);
  for (const uint8_t first : {0x00, 0x40, 0xc0}) {
    bytes[0] = first;
    EXPECT_FALSE(ParseRtp(bytes).has_value());
  }
  bytes[0] = 0x80;
  for (const uint8_t rtcp : {200, 201, 202, 203, 204}) {  // §5.1 of RFC 5761: with the marker bit
    bytes[1] = rtcp;
    EXPECT_FALSE(ParseRtp(bytes).has_value());
  }
  bytes[1] = 0;
  bytes[0] = 0xa0;  // padding that claims more than there is
  EXPECT_FALSE(ParseRtp(bytes).has_value());
}

}  // namespace
}  // namespace tickwire::rtp
