// Ipv4Header, Ipv6Header and the fragment header, byte by byte.
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <vector>

#include "protocols/ip/ipv4_header.h"
#include "protocols/ip/ipv6_header.h"
#include "sim_core/packet/internet_checksum.h"

namespace tickwire {
namespace {

constexpr size_t kPlenty = 1 << 17;

// A UDP packet from 192.168.0.1 to 192.168.0.199 of 115 bytes; the checksum 0xb861 by hand: the
// words 4500 0073 0000 4000 4011 c0a8 0001 c0a8 00c7 sum to 2479c, folded 479e, inverted b861.
const std::vector<uint8_t> kV4 = {0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                                  0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7};

TEST(Ipv4Header, FromCapture) {
  const TraceLabel* why = nullptr;
  const auto header = Ipv4Header::Parse(kV4, 115, &why);
  ASSERT_TRUE(header) << why->name;
  EXPECT_EQ(why, nullptr);
  EXPECT_EQ(header->total_length, 115);
  EXPECT_TRUE(header->dont_fragment);
  EXPECT_FALSE(header->is_fragment());
  EXPECT_EQ(header->ttl, 64);
  EXPECT_EQ(header->protocol, IpProtocol::kUdp);
  EXPECT_EQ(header->source.ToString(), "192.168.0.1");
  EXPECT_EQ(header->destination.ToString(), "192.168.0.199");
  std::vector<uint8_t> again(20);
  header->SerializeTo(again);
  EXPECT_EQ(again, kV4);
}

TEST(Ipv4Header, RoundTripsAtTheEndsOfEachField) {
  for (const bool high : {false, true}) {
    const Ipv4Header sent{.dscp = static_cast<uint8_t>(high ? 63 : 0),
                          .ecn = high ? Ecn::kCe : Ecn::kNotEct,
                          .total_length = static_cast<uint16_t>(high ? 65535 : 20),
                          .identification = static_cast<uint16_t>(high ? 65535 : 0),
                          .dont_fragment = high,
                          .more_fragments = high,
                          .fragment_offset = static_cast<uint16_t>(high ? 65528 : 0),
                          .ttl = static_cast<uint8_t>(high ? 255 : 0),
                          .protocol = static_cast<IpProtocol>(high ? 255 : 0),
                          .source = IpAddress::V4(high ? 0xffffffff : 0),
                          .destination = IpAddress::V4(high ? 0xffffffff : 0)};
    std::vector<uint8_t> bytes(20);
    sent.SerializeTo(bytes);
    const TraceLabel* why = nullptr;
    const auto read = Ipv4Header::Parse(bytes, kPlenty, &why);
    ASSERT_TRUE(read) << why->name;
    EXPECT_EQ(read->dscp, sent.dscp);
    EXPECT_EQ(read->ecn, sent.ecn);
    EXPECT_EQ(read->total_length, sent.total_length);
    EXPECT_EQ(read->identification, sent.identification);
    EXPECT_EQ(read->dont_fragment, sent.dont_fragment);
    EXPECT_EQ(read->more_fragments, sent.more_fragments);
    EXPECT_EQ(read->fragment_offset, sent.fragment_offset);
    EXPECT_EQ(read->ttl, sent.ttl);
    EXPECT_EQ(read->protocol, sent.protocol);
    EXPECT_EQ(read->source, sent.source);
    EXPECT_EQ(read->destination, sent.destination);
  }
}

TEST(Ipv4Header, RejectsTruncatedAtEveryLength) {
  for (size_t size = 0; size < kV4.size(); ++size) {
    const TraceLabel* why = nullptr;
    EXPECT_FALSE(Ipv4Header::Parse(std::span(kV4).first(size), kPlenty, &why)) << size;
    ASSERT_NE(why, nullptr);
    EXPECT_STREQ(why->name, "truncated");
  }
}

// RFC 1071 section 1: one flipped bit always changes the sum.
TEST(Ipv4Header, EverySingleFlippedBitIsFound) {
  for (size_t bit = 0; bit < kV4.size() * 8; ++bit) {
    std::vector<uint8_t> bytes = kV4;
    bytes[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    const TraceLabel* why = nullptr;
    EXPECT_FALSE(Ipv4Header::Parse(bytes, kPlenty, &why)) << bit;
  }
}

TEST(Ipv4Header, LengthsMustFitThePacket) {
  const TraceLabel* why = nullptr;
  EXPECT_FALSE(Ipv4Header::Parse(kV4, 114, &why));  // total length says 115
  EXPECT_STREQ(why->name, "bad_length");
  std::vector<uint8_t> short_ihl = kV4;
  short_ihl[0] = 0x44;
  EXPECT_FALSE(Ipv4Header::Parse(short_ihl, 115, &why));
  EXPECT_STREQ(why->name, "bad_header_length");
  std::vector<uint8_t> long_ihl = kV4;
  long_ihl[0] = 0x46;  // 24 bytes, 20 are there
  EXPECT_FALSE(Ipv4Header::Parse(long_ihl, 115, &why));
  EXPECT_STREQ(why->name, "bad_header_length");
}

// RFC 791 section 3.1: IHL counts options, which are skipped.
TEST(Ipv4Header, OptionsAreSkipped) {
  std::vector<uint8_t> bytes = kV4;
  bytes[0] = 0x46;
  bytes.insert(bytes.end(), {1, 1, 1, 0});  // no operation, no operation, no operation, end
  bytes[10] = bytes[11] = 0;
  const uint16_t sum = InternetChecksum().Add(bytes).Finish();
  bytes[10] = static_cast<uint8_t>(sum >> 8);
  bytes[11] = static_cast<uint8_t>(sum);
  const TraceLabel* why = nullptr;
  const auto header = Ipv4Header::Parse(bytes, 115, &why);
  ASSERT_TRUE(header) << why->name;
  EXPECT_EQ(header->header_size, 24u);
}

TEST(Ipv4Header, DecrementedTtlAndCongestionMarkKeepTheChecksumRight) {
  for (int ttl = 1; ttl <= 255; ++ttl) {
    std::vector<uint8_t> bytes = kV4;
    const TraceLabel* why = nullptr;
    auto header = *Ipv4Header::Parse(bytes, 115, &why);
    header.ttl = static_cast<uint8_t>(ttl);
    header.ecn = Ecn::kEct0;
    header.SerializeTo(bytes);
    DecrementIpv4Ttl(bytes);
    MarkIpv4Ce(bytes);
    const auto after = Ipv4Header::Parse(bytes, 115, &why);
    ASSERT_TRUE(after) << ttl;
    EXPECT_EQ(after->ttl, ttl - 1);
    EXPECT_EQ(after->ecn, Ecn::kCe);
  }
}

// By hand from RFC 8200 section 3: version 6, class 0xb9 (DSCP 46, ECT(1)), flow 0x12345,
// payload 16, next header 17, hop limit 1, 2001:db8::1 to 2001:db8::2.
const std::vector<uint8_t> kV6 = {0x6b, 0x91, 0x23, 0x45, 0x00, 0x10, 0x11, 0x01, 0x20, 0x01,
                                  0x0d, 0xb8, 0,    0,    0,    0,    0,    0,    0,    0,
                                  0,    0,    0,    0x01, 0x20, 0x01, 0x0d, 0xb8, 0,    0,
                                  0,    0,    0,    0,    0,    0,    0,    0,    0,    0x02};

TEST(Ipv6Header, FromCapture) {
  const TraceLabel* why = nullptr;
  const auto header = Ipv6Header::Parse(kV6, 56, &why);
  ASSERT_TRUE(header) << why->name;
  EXPECT_EQ(header->dscp, 46);
  EXPECT_EQ(header->ecn, Ecn::kEct1);
  EXPECT_EQ(header->flow_label, 0x12345u);
  EXPECT_EQ(header->payload_length, 16);
  EXPECT_EQ(header->next_header, IpProtocol::kUdp);
  EXPECT_EQ(header->hop_limit, 1);
  EXPECT_EQ(header->source.ToString(), "2001:db8::1");
  EXPECT_EQ(header->destination.ToString(), "2001:db8::2");
  std::vector<uint8_t> again(40);
  header->SerializeTo(again);
  EXPECT_EQ(again, kV6);
}

TEST(Ipv6Header, RejectsTruncatedAtEveryLength) {
  const TraceLabel* why = nullptr;
  for (size_t size = 0; size < kV6.size(); ++size) {
    EXPECT_FALSE(Ipv6Header::Parse(std::span(kV6).first(size), kPlenty, &why)) << size;
  }
  EXPECT_FALSE(Ipv6Header::Parse(kV6, 55, &why));  // 40 + 16 bytes are said to be there
  EXPECT_STREQ(why->name, "bad_length");
}

TEST(Ipv6FragmentHeader, RoundTripsAtTheEndsOfEachField) {
  for (const bool high : {false, true}) {
    const Ipv6FragmentHeader sent{.next_header = static_cast<IpProtocol>(high ? 255 : 0),
                                  .fragment_offset = static_cast<uint16_t>(high ? 65528 : 0),
                                  .more_fragments = high,
                                  .identification = high ? 0xffffffff : 0};
    std::array<uint8_t, 8> bytes;
    sent.SerializeTo(bytes);
    const auto read = Ipv6FragmentHeader::Parse(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->next_header, sent.next_header);
    EXPECT_EQ(read->fragment_offset, sent.fragment_offset);
    EXPECT_EQ(read->more_fragments, sent.more_fragments);
    EXPECT_EQ(read->identification, sent.identification);
    for (size_t size = 0; size < 8; ++size) {
      EXPECT_FALSE(Ipv6FragmentHeader::Parse(std::span(bytes).first(size)));
    }
  }
}

TEST(IpAddress, TextWithANulInsideIsNoAddress) {
  EXPECT_FALSE(IpAddress::Parse(absl::string_view("10.0.0.1\0x", 10)));
  EXPECT_TRUE(IpAddress::Parse("10.0.0.1"));
}

TEST(IpPrefix, NetworkAndContains) {
  const IpPrefix prefix = *IpPrefix::Parse("10.1.2.200/25");
  EXPECT_EQ(prefix.Network().ToString(), "10.1.2.128/25");
  EXPECT_TRUE(prefix.Contains(*IpAddress::Parse("10.1.2.129")));
  EXPECT_FALSE(prefix.Contains(*IpAddress::Parse("10.1.2.127")));
  EXPECT_FALSE(prefix.Contains(*IpAddress::Parse("::")));
  EXPECT_TRUE(IpPrefix::Parse("0.0.0.0/0")->Contains(*IpAddress::Parse("255.255.255.255")));
  EXPECT_FALSE(IpPrefix::Parse("10.0.0.0/33"));
  EXPECT_FALSE(IpPrefix::Parse("::/129"));
  EXPECT_FALSE(IpPrefix::Parse("10.0.0.0/"));
  EXPECT_FALSE(IpPrefix::Parse("10.0.0.0/-1"));
}

}  // namespace
}  // namespace tickwire
