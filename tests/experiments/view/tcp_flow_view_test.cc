#include "experiments/view/tcp_flow_view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "protocols/ip/ipv4_header.h"
#include "protocols/tcp/tcp_options.h"

namespace tickwire {
namespace {

using tcp::TcpHeader;
using tcp::TcpOptions;

constexpr uint8_t kAck = TcpHeader::kAck;

class TcpFlowViewTest : public testing::Test {
 protected:
  struct Segment {
    bool from_a = true;
    uint8_t flags = kAck;
    uint32_t seq = 0;
    uint32_t ack = 0;
    uint32_t size = 0;
    uint16_t window = 1000;
    TcpOptions options;
  };
  TcpFlowView::View See(const Segment& segment, const std::string& why = "") {
    const IpAddress a = *IpAddress::Parse("10.0.0.1"), b = *IpAddress::Parse("10.0.0.2");
    Packet packet = Packet::Allocate(pool_, Packet::kHeadroom, 0);
    packet.set_virtual_tail(segment.size);
    TcpHeader header;
    header.source_port = segment.from_a ? 4000 : 80;
    header.destination_port = segment.from_a ? 80 : 4000;
    header.sequence = segment.seq + (segment.from_a ? kIsnA : kIsnB);
    header.acknowledgment = segment.ack + (segment.from_a ? kIsnB : kIsnA);
    header.flags = segment.flags;
    header.window = segment.window;
    TcpOptions options = segment.options;
    for (size_t i = 0; i < options.sack_count; ++i) {
      options.sack[i].left += segment.from_a ? kIsnB : kIsnA;
      options.sack[i].right += segment.from_a ? kIsnB : kIsnA;
    }
    std::vector<uint8_t> bytes(TcpOptions::kMaxSize);
    bytes.resize(options.Write(bytes, tcp::Profile::kRfc));
    const IpAddress& source = segment.from_a ? a : b;
    const IpAddress& destination = segment.from_a ? b : a;
    header.PrependTo(packet, bytes, source, destination);
    Ipv4Header{.total_length = static_cast<uint16_t>(20 + packet.wire_size()),
               .protocol = IpProtocol::kTcp,
               .source = source,
               .destination = destination}
        .SerializeTo(packet.Prepend(Ipv4Header::kSize));
    return view_.Describe(match::PacketSource(packet.bytes(), packet.virtual_tail()), why, next_++);
  }
  void Handshake() {
    TcpOptions options;
    options.mss = 1460;
    options.sack_permitted = true;
    EXPECT_EQ(See({.flags = TcpHeader::kSyn, .window = 65535, .options = options}).summary,
              "SYN seq=0 win=65535 MSS=1460 SACK_PERM");
    EXPECT_EQ(See({.from_a = false,
                   .flags = TcpHeader::kSyn | kAck,
                   .ack = 1,
                   .window = 65535,
                   .options = options})
                  .summary,
              "SYN, ACK seq=0 ack=1 win=65535 MSS=1460 SACK_PERM");
    EXPECT_EQ(See({.seq = 1, .ack = 1}).summary, "ACK 1");
  }
  static TcpOptions Sack(std::vector<TcpOptions::SackBlock> blocks) {
    TcpOptions options;
    std::copy(blocks.begin(), blocks.end(), options.sack.begin());
    options.sack_count = static_cast<uint8_t>(blocks.size());
    return options;
  }

  // Both wrap within the test.
  static constexpr uint32_t kIsnA = 0xfffffff0u, kIsnB = 0xffffffffu;
  BufferPool pool_;
  TcpFlowView view_;
  size_t next_ = 0;
};

TEST_F(TcpFlowViewTest, NumbersCountFromTheSyn) {
  Handshake();
  EXPECT_EQ(See({.seq = 1, .ack = 1, .size = 1460}).summary, "1460 B seq=1");
  EXPECT_EQ(See({.seq = 1461, .ack = 1, .size = 1460}).summary, "1460 B seq=1461");
  EXPECT_EQ(See({.from_a = false, .seq = 1, .ack = 2921}).summary, "ACK 2921");
  EXPECT_EQ(See({.flags = TcpHeader::kFin | kAck, .seq = 2921, .ack = 1}).summary,
            "FIN, ACK seq=2921 ack=1");
  EXPECT_EQ(See({.from_a = false, .flags = TcpHeader::kRst, .seq = 1}).summary, "RST seq=1");
}

TEST_F(TcpFlowViewTest, ARetransmissionNamesItsRuleAndWhatItRepeats) {
  Handshake();
  See({.seq = 1, .ack = 1, .size = 1000});     // 3
  See({.seq = 1001, .ack = 1, .size = 1000});  // 4
  const auto again = See({.seq = 1, .ack = 1, .size = 1000}, "fast retransmit: ACK 1 (RFC 5681)");
  EXPECT_EQ(again.summary, "1000 B seq=1 retransmission (fast retransmit)");
  EXPECT_EQ(again.repetition, 1);
  EXPECT_EQ(again.original, 3u);
  EXPECT_EQ(See({.seq = 1, .ack = 1, .size = 1000}).repetition, 2);
  // Cut in two: the second half repeats the segment that held it.
  const auto half = See({.seq = 1501, .ack = 1, .size = 500});
  EXPECT_EQ(half.repetition, 1);
  EXPECT_EQ(half.original, 4u);
}

TEST_F(TcpFlowViewTest, DuplicateAcksAreCountedWhileSomethingIsOutstanding) {
  Handshake();
  const Segment ack{.from_a = false, .seq = 1, .ack = 1};
  EXPECT_FALSE(See(ack).is_duplicate_ack) << "nothing is outstanding, and the window is new";
  EXPECT_FALSE(See(ack).is_duplicate_ack) << "nothing is outstanding";
  See({.seq = 1, .ack = 1, .size = 1000});
  EXPECT_EQ(See(ack).summary, "ACK 1 duplicate 1");
  EXPECT_EQ(See(ack).summary, "ACK 1 duplicate 2");
  EXPECT_EQ(See({.from_a = false, .seq = 1, .ack = 1, .window = 900}).summary, "ACK 1");
  EXPECT_EQ(See({.from_a = false, .seq = 1, .ack = 1001}).summary, "ACK 1001");
}

TEST_F(TcpFlowViewTest, SackAndDsackBlocksAreTold) {
  Handshake();
  See({.seq = 1, .ack = 1, .size = 9000});
  EXPECT_EQ(See({.from_a = false, .seq = 1, .ack = 1, .options = Sack({{2001, 3001}})}).summary,
            "ACK 1, SACK 2001-3001 duplicate 1");
  EXPECT_EQ(
      See({.from_a = false, .seq = 1, .ack = 1001, .options = Sack({{5001, 6001}, {2001, 3001}})})
          .summary,
      "ACK 1001, SACK 5001-6001 2001-3001");
  // RFC 2883 section 4.1: below the ACK. Section 4.2: within the second.
  const auto below =
      See({.from_a = false, .seq = 1, .ack = 1001, .options = Sack({{1, 501}, {2001, 3001}})});
  EXPECT_EQ(below.summary, "ACK 1001, D-SACK 1-501, SACK 2001-3001 duplicate 1");
  EXPECT_TRUE(below.has_dsack);
  const auto within =
      See({.from_a = false, .seq = 1, .ack = 1001, .options = Sack({{2501, 2601}, {2001, 3001}})});
  EXPECT_EQ(within.summary, "ACK 1001, D-SACK 2501-2601, SACK 2001-3001 duplicate 2");
}

TEST_F(TcpFlowViewTest, WindowsThatCloseAndOpenAreTold) {
  Handshake();
  See({.seq = 1, .ack = 1, .size = 1000});
  EXPECT_EQ(See({.from_a = false, .seq = 1, .ack = 1001, .window = 0}).summary, "ACK 1001 win=0");
  EXPECT_EQ(See({.from_a = false, .seq = 1, .ack = 1001, .window = 500}).summary,
            "ACK 1001 window update, win=500");
}

TEST_F(TcpFlowViewTest, ANewSynBeginsAnew) {
  Handshake();
  See({.seq = 1, .ack = 1, .size = 1000});
  EXPECT_EQ(See({.flags = TcpHeader::kSyn, .seq = 5000}).summary, "SYN seq=0 win=1000");
  EXPECT_EQ(See({.seq = 5001, .ack = 1, .size = 10}).summary, "10 B seq=1");
}

}  // namespace
}  // namespace tickwire
