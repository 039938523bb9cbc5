#include "protocols/ip/icmp.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/ip_world.h"

namespace tickwire {
namespace {

// A ping of RFC 792's layout: type 8, code 0, identifier 0x1234, sequence 1, data 'abcd'. The
// checksum by hand: 0800 + 1234 + 0001 + 6162 + 6364 = defb, inverted 2104.
TEST(Icmp, EchoRequestFromCapture) {
  const std::vector<uint8_t> bytes = {8, 0, 0x21, 0x04, 0x12, 0x34, 0, 1, 'a', 'b', 'c', 'd'};
  const IpAddress a = Ip("10.0.0.1"), b = Ip("10.0.0.2");
  const auto message = IcmpMessage::Parse(bytes, 0, a, b);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->kind, IcmpMessage::Kind::kEchoRequest);
  EXPECT_EQ(message->rest, 0x12340001u);
  EXPECT_EQ(message->payload.size(), 4u);
  EXPECT_EQ(IcmpBytes(*message, a, b, {'a', 'b', 'c', 'd'}), bytes);
}

TEST(Icmp, RejectsTruncatedAtEveryLength) {
  const std::vector<uint8_t> bytes = {8, 0, 0x21, 0x04, 0x12, 0x34, 0, 1, 'a', 'b', 'c', 'd'};
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(
        IcmpMessage::Parse(std::span(bytes).first(size), 0, Ip("10.0.0.1"), Ip("10.0.0.2")));
  }
}

// The numbers of RFC 792 and RFC 1191 section 4, and of RFC 4443 sections 3.1 to 3.4.
TEST(Icmp, ErrorsCarryTheNumbersOfTheirVersion) {
  struct Row {
    IcmpErrorKind error;
    uint8_t v4_type, v4_code, v6_type, v6_code;
  };
  for (const Row& row : std::vector<Row>{{IcmpErrorKind::kNetworkUnreachable, 3, 0, 1, 0},
                                         {IcmpErrorKind::kHostUnreachable, 3, 1, 1, 3},
                                         {IcmpErrorKind::kProtocolUnreachable, 3, 2, 4, 1},
                                         {IcmpErrorKind::kPortUnreachable, 3, 3, 1, 4},
                                         {IcmpErrorKind::kPacketTooBig, 3, 4, 2, 0},
                                         {IcmpErrorKind::kTtlExceeded, 11, 0, 3, 0},
                                         {IcmpErrorKind::kReassemblyTimeout, 11, 1, 3, 1}}) {
    for (const bool v6 : {false, true}) {
      const IpAddress a = Ip(v6 ? "2001:db8::1" : "10.0.0.1");
      const IpAddress b = Ip(v6 ? "2001:db8::2" : "10.0.0.2");
      const std::vector<uint8_t> bytes = IcmpBytes(
          {.kind = IcmpMessage::Kind::kError, .error = row.error, .rest = 0, .payload = {}}, a, b,
          {1, 2, 3});
      EXPECT_EQ(bytes[0], v6 ? row.v6_type : row.v4_type);
      EXPECT_EQ(bytes[1], v6 ? row.v6_code : row.v4_code);
      const auto read = IcmpMessage::Parse(bytes, 0, a, b);
      ASSERT_TRUE(read);
      EXPECT_EQ(read->kind, IcmpMessage::Kind::kError);
      EXPECT_EQ(read->error, row.error);
    }
  }
}

// RFC 4443 section 2.3: the pseudo-header protects the addresses; RFC 792 has none.
TEST(Icmp, OnlyVersionSixChecksumsTheAddresses) {
  const IcmpMessage ping{.kind = IcmpMessage::Kind::kEchoRequest, .payload = {}};
  const auto v6 = IcmpBytes(ping, Ip("2001:db8::1"), Ip("2001:db8::2"), {});
  EXPECT_FALSE(IcmpMessage::Parse(v6, 0, Ip("2001:db8::1"), Ip("2001:db8::3")));
  const auto v4 = IcmpBytes(ping, Ip("10.0.0.1"), Ip("10.0.0.2"), {});
  EXPECT_TRUE(IcmpMessage::Parse(v4, 0, Ip("10.0.0.1"), Ip("10.0.0.3")));
}

TEST(Icmp, UnstoredZerosCountInTheLengthOfVersionSix) {
  const IpAddress a = Ip("2001:db8::1"), b = Ip("2001:db8::2");
  std::vector<uint8_t> bytes(8);
  IcmpMessage{.kind = IcmpMessage::Kind::kEchoRequest, .payload = {}}.WriteHeader(bytes, 100, a, b);
  EXPECT_TRUE(IcmpMessage::Parse(bytes, 100, a, b));
  EXPECT_FALSE(IcmpMessage::Parse(bytes, 99, a, b));
  bytes.resize(108);
  EXPECT_TRUE(IcmpMessage::Parse(bytes, 0, a, b));
}

TEST(Icmp, MtuHasSixteenBitsInVersionFour) {
  IcmpMessage message{.rest = 0xabcd05dc, .payload = {}};
  EXPECT_EQ(message.mtu(/*v6=*/false), 0x5dcu);  // RFC 1191 section 4: the rest is unused
  EXPECT_EQ(message.mtu(/*v6=*/true), 0xabcd05dcu);
}

}  // namespace
}  // namespace tickwire
