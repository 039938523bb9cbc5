#include "protocols/tcp/tcp_header.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tickwire::tcp {
namespace {

const IpAddress kA = *IpAddress::Parse("10.0.0.1"), kB = *IpAddress::Parse("10.0.0.2");
const IpAddress kA6 = *IpAddress::Parse("2001:db8::1"), kB6 = *IpAddress::Parse("2001:db8::2");

class TcpHeaderTest : public testing::Test {
 protected:
  Packet Of(const std::vector<uint8_t>& bytes, uint32_t zeros = 0) {
    Packet packet = Packet::Allocate(pool_, Packet::kHeadroom, bytes.size());
    std::copy(bytes.begin(), bytes.end(), packet.mutable_bytes().begin());
    packet.set_virtual_tail(zeros);
    return packet;
  }
  std::optional<TcpHeader> Parse(const std::vector<uint8_t>& bytes, bool v6 = false,
                                 uint32_t zeros = 0) {
    why_ = nullptr;
    return TcpHeader::Parse(Of(bytes, zeros), v6 ? kA6 : kA, v6 ? kB6 : kB, &why_);
  }
  std::vector<uint8_t> Segment(const TcpHeader& header, const std::vector<uint8_t>& options,
                               const std::vector<uint8_t>& payload, bool v6 = false,
                               uint32_t zeros = 0) {
    Packet packet = Of(payload, zeros);
    header.PrependTo(packet, options, v6 ? kA6 : kA, v6 ? kB6 : kB);
    return {packet.bytes().begin(), packet.bytes().end()};
  }
  std::string why() const { return why_ == nullptr ? "" : why_->name; }

  BufferPool pool_;
  const TraceLabel* why_ = nullptr;
};

TcpHeader Example() {
  TcpHeader header;
  header.source_port = 0x1234;
  header.destination_port = 80;
  header.sequence = 0x01020304;
  header.acknowledgment = 0x0a0b0c0d;
  header.flags = TcpHeader::kAck | TcpHeader::kPsh;
  header.window = 0x2000;
  return header;
}

// RFC 9293 section 3.1, figure 1, field by field. The checksum is the complement of the sum of
// pseudo-header (addresses, protocol 6, length 22), header and data, word by word.
TEST_F(TcpHeaderTest, FromCapture) {
  uint32_t sum = 0;
  for (uint32_t word :
       {0x0a00, 0x0001, 0x0a00, 0x0002, 0x0006, 0x0016,  // pseudo-header
        0x1234, 0x0050, 0x0102, 0x0304, 0x0a0b, 0x0c0d, 0x5018, 0x2000, 0x0000, 0x6869}) {
    sum += word;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  const uint16_t checksum = static_cast<uint16_t>(~sum);
  const uint8_t high = static_cast<uint8_t>(checksum >> 8), low = static_cast<uint8_t>(checksum);
  const std::vector<uint8_t> bytes = {0x12, 0x34, 0x00, 0x50, 0x01, 0x02, 0x03, 0x04,
                                      0x0a, 0x0b, 0x0c, 0x0d, 0x50, 0x18, 0x20, 0x00,
                                      high, low,  0x00, 0x00, 'h',  'i'};
  EXPECT_EQ(Segment(Example(), {}, {'h', 'i'}), bytes);
  const auto header = Parse(bytes);
  ASSERT_TRUE(header) << why();
  EXPECT_EQ(header->source_port, 0x1234);
  EXPECT_EQ(header->destination_port, 80);
  EXPECT_EQ(header->sequence, 0x01020304u);
  EXPECT_EQ(header->acknowledgment, 0x0a0b0c0du);
  EXPECT_EQ(header->header_bytes(), 20u);
  EXPECT_EQ(header->flags, TcpHeader::kAck | TcpHeader::kPsh);
  EXPECT_EQ(header->window, 0x2000);
  EXPECT_EQ(header->checksum, checksum);
  EXPECT_EQ(header->urgent_pointer, 0);
}

TEST_F(TcpHeaderTest, RoundTripOfBoundaryValues) {
  for (const uint32_t value : {0u, 1u, 0x7fffffffu, 0x80000000u, 0xffffffffu}) {
    const uint16_t small = static_cast<uint16_t>(value);
    for (const bool v6 : {false, true}) {
      for (const size_t option_bytes : {0u, 4u, 40u}) {
        TcpHeader header;
        header.source_port = small;
        header.destination_port = static_cast<uint16_t>(~small);
        header.sequence = value;
        header.acknowledgment = ~value;
        header.reserved = value & 0x0f;
        header.flags = static_cast<uint8_t>(value);
        header.window = small;
        header.urgent_pointer = small;
        const auto read =
            Parse(Segment(header, std::vector<uint8_t>(option_bytes, 1), {1, 2, 3}, v6, 0), v6);
        ASSERT_TRUE(read) << why();
        EXPECT_EQ(read->source_port, header.source_port);
        EXPECT_EQ(read->destination_port, header.destination_port);
        EXPECT_EQ(read->sequence, header.sequence);
        EXPECT_EQ(read->acknowledgment, header.acknowledgment);
        EXPECT_EQ(read->reserved, header.reserved);
        EXPECT_EQ(read->flags, header.flags);
        EXPECT_EQ(read->window, header.window);
        EXPECT_EQ(read->urgent_pointer, header.urgent_pointer);
        EXPECT_EQ(read->header_bytes(), 20 + option_bytes);
      }
    }
  }
}

TEST_F(TcpHeaderTest, ZerosThatAreNotStoredCountInTheChecksum) {
  for (const bool v6 : {false, true}) {
    const auto with_zeros = Segment(Example(), {}, {7}, v6, 3);
    const auto written_out = Segment(Example(), {}, {7, 0, 0, 0}, v6);
    EXPECT_TRUE(std::equal(with_zeros.begin(), with_zeros.end(), written_out.begin()));
    EXPECT_TRUE(Parse(with_zeros, v6, 3));
    EXPECT_FALSE(Parse(with_zeros, v6, 2)) << "the length is part of the pseudo-header";
    EXPECT_TRUE(Parse(written_out, v6));
  }
}

TEST_F(TcpHeaderTest, RejectsTruncatedAtEveryLength) {
  const auto bytes = Segment(Example(), std::vector<uint8_t>(8, 1), {'d', 'a', 't', 'a'});
  ASSERT_EQ(bytes.size(), 32u);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(Parse({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)})) << size;
    EXPECT_EQ(why(), size < 20   ? "truncated_tcp"
                     : size < 28 ? "bad_tcp_offset"
                                 : "bad_tcp_checksum");
  }
}

TEST_F(TcpHeaderTest, EverySingleFlippedBitIsFound) {
  const auto bytes = Segment(Example(), {1, 1, 1, 0}, {1, 2, 3, 4, 5});
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto spoiled = bytes;
    spoiled[bit / 8] ^= static_cast<uint8_t>(1 << (bit % 8));
    EXPECT_FALSE(Parse(spoiled)) << bit;
  }
}

TEST_F(TcpHeaderTest, AnOffsetBelowFiveIsWrong) {
  auto bytes = Segment(Example(), {}, {});
  for (const uint8_t offset : {0, 1, 4}) {
    bytes[12] = static_cast<uint8_t>(offset << 4);
    EXPECT_FALSE(Parse(bytes));
    EXPECT_EQ(why(), "bad_tcp_offset");
  }
}

// A header that would reach into zeros that are not stored is refused, not read beyond the buffer.
TEST_F(TcpHeaderTest, OptionsMustBeStored) {
  auto bytes = Segment(Example(), {}, {});
  bytes[12] = 0x60;
  EXPECT_FALSE(Parse(bytes, false, 40));
  EXPECT_EQ(why(), "bad_tcp_offset");
}

TEST_F(TcpHeaderTest, AWrongAddressIsAWrongChecksum) {
  const Packet packet = Of(Segment(Example(), {}, {}));
  const TraceLabel* why = nullptr;
  EXPECT_FALSE(TcpHeader::Parse(packet, kA, *IpAddress::Parse("10.0.0.3"), &why));
  EXPECT_STREQ(why->name, "bad_tcp_checksum");
}

// RFC 792: an ICMP error quotes at least eight bytes.
TEST_F(TcpHeaderTest, EightBytesTellPortsAndSequenceNumber) {
  const auto bytes = Segment(Example(), {}, {});
  const auto quoted = TcpHeader::Read(std::span(bytes).first(8));
  ASSERT_TRUE(quoted);
  EXPECT_EQ(quoted->source_port, 0x1234);
  EXPECT_EQ(quoted->destination_port, 80);
  EXPECT_EQ(quoted->sequence, 0x01020304u);
  EXPECT_EQ(quoted->acknowledgment, 0u);
  EXPECT_EQ(quoted->header_bytes(), 0u);
  EXPECT_FALSE(TcpHeader::Read(std::span(bytes).first(7)));
}

TEST(FlagNames, AreListedFromTheLowestBit) {
  EXPECT_EQ(FlagNames(0), "");
  EXPECT_EQ(FlagNames(TcpHeader::kAck | TcpHeader::kSyn), "SYN, ACK");
  EXPECT_EQ(FlagNames(0xff), "FIN, SYN, RST, PSH, ACK, URG, ECE, CWR");
}

}  // namespace
}  // namespace tickwire::tcp
