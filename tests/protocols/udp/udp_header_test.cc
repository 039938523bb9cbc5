#include "protocols/udp/udp_header.h"

#include <gtest/gtest.h>

#include "tests/support/ip_world.h"

namespace tickwire {
namespace {

const IpAddress kA = Ip("10.0.0.1"), kB = Ip("10.0.0.2");
const IpAddress kA6 = Ip("2001:db8::1"), kB6 = Ip("2001:db8::2");

class UdpHeaderTest : public testing::Test {
 protected:
  std::optional<UdpHeader> Parse(const std::vector<uint8_t>& bytes, bool v6 = false,
                                 uint32_t zeros = 0) {
    Packet packet = Packet::Allocate(pool_, 0, bytes.size());
    std::copy(bytes.begin(), bytes.end(), packet.mutable_bytes().begin());
    packet.set_virtual_tail(zeros);
    why_ = nullptr;
    return UdpHeader::Parse(packet, v6 ? kA6 : kA, v6 ? kB6 : kB, &why_);
  }
  std::string why() const { return why_ == nullptr ? "" : why_->name; }

  BufferPool pool_;
  const TraceLabel* why_ = nullptr;
};

// Ports 1000 and 2000, "hi". The checksum is the inverted sum of the pseudo-header (RFC 768), the
// header and the data, word by word.
TEST_F(UdpHeaderTest, FromCapture) {
  uint32_t sum = 0;
  for (uint32_t word : {0x0a00, 0x0001, 0x0a00, 0x0002, 0x0011, 0x000a,  // pseudo-header
                        0x03e8, 0x07d0, 0x000a, 0x6869}) {
    sum += word;
  }
  ASSERT_LT(sum, 0x10000u);  // no carry
  const uint16_t checksum = static_cast<uint16_t>(~sum);
  const std::vector<uint8_t> bytes = {0x03,
                                      0xe8,
                                      0x07,
                                      0xd0,
                                      0x00,
                                      0x0a,
                                      static_cast<uint8_t>(checksum >> 8),
                                      static_cast<uint8_t>(checksum),
                                      'h',
                                      'i'};
  EXPECT_EQ(UdpBytes(kA, kB, 1000, 2000, "hi"), bytes);
  const auto header = Parse(bytes);
  ASSERT_TRUE(header) << why();
  EXPECT_EQ(header->source_port, 1000);
  EXPECT_EQ(header->destination_port, 2000);
  EXPECT_EQ(header->length, 10);
}

TEST_F(UdpHeaderTest, RejectsTruncatedAtEveryLength) {
  const auto bytes = UdpBytes(kA, kB, 1, 2, "data");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Parse({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)}));
    EXPECT_EQ(why(), size < 8 ? "truncated_udp" : "bad_udp_length");
  }
}

TEST_F(UdpHeaderTest, EverySingleFlippedBitIsFound) {
  const auto bytes = UdpBytes(kA, kB, 1000, 2000, "payload");
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto spoiled = bytes;
    spoiled[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    EXPECT_FALSE(Parse(spoiled)) << bit;
  }
}

TEST_F(UdpHeaderTest, ALengthBelowTheHeaderIsWrong) {
  auto bytes = UdpBytes(kA, kB, 1, 2, "data");
  bytes[5] = 7;
  EXPECT_FALSE(Parse(bytes));
  EXPECT_EQ(why(), "bad_udp_length");
}

// RFC 768: zero means none, over IPv4. RFC 8200 section 8.1: not over IPv6.
TEST_F(UdpHeaderTest, AZeroChecksumIsForVersionFourOnly) {
  auto bytes = UdpBytes(kA, kB, 1, 2, "data");
  bytes[6] = bytes[7] = 0;
  EXPECT_TRUE(Parse(bytes));
  EXPECT_FALSE(Parse(bytes, /*v6=*/true));
  EXPECT_EQ(why(), "no_udp_checksum");
}

// RFC 768: a sum that comes out as zero is sent as ffff. The two bytes make it so.
TEST_F(UdpHeaderTest, AComputedZeroIsSentAsAllOnes) {
  for (const bool v6 : {false, true}) {
    const IpAddress& a = v6 ? kA6 : kA;
    const IpAddress& b = v6 ? kB6 : kB;
    const auto probe = UdpBytes(a, b, 1, 2, std::string(2, '\0'));
    const std::string payload = {static_cast<char>(probe[6]), static_cast<char>(probe[7])};
    const auto bytes = UdpBytes(a, b, 1, 2, payload);
    EXPECT_EQ(bytes[6], 0xff);
    EXPECT_EQ(bytes[7], 0xff);
    EXPECT_TRUE(Parse(bytes, v6));
  }
}

// The tail that is not stored counts in the length and adds nothing to the sum.
TEST_F(UdpHeaderTest, AnUnstoredTailGivesTheSameHeaderAsStoredZeros) {
  for (size_t text : {0, 1, 5}) {  // odd lengths too
    Packet packet = Packet::Allocate(pool_, Packet::kHeadroom, text);
    std::fill(packet.mutable_bytes().begin(), packet.mutable_bytes().end(), uint8_t{'x'});
    packet.set_virtual_tail(101);
    UdpHeader::PrependTo(packet, 1, 2, kA, kB);
    const auto stored = UdpBytes(kA, kB, 1, 2, std::string(text, 'x') + std::string(101, '\0'));
    EXPECT_TRUE(std::equal(packet.bytes().begin(), packet.bytes().end(), stored.begin()));
    EXPECT_TRUE(Parse({packet.bytes().begin(), packet.bytes().end()}, false, 101));
    EXPECT_FALSE(Parse({packet.bytes().begin(), packet.bytes().end()}, false, 100));
  }
}

TEST_F(UdpHeaderTest, BytesBehindTheLengthAreNotChecked) {
  auto bytes = UdpBytes(kA, kB, 1, 2, "data");
  bytes.push_back(0xee);
  EXPECT_TRUE(Parse(bytes));
}

}  // namespace
}  // namespace tickwire
