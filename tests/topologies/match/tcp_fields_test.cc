// The tcp fields of a packet as match expressions see them.
#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "protocols/ip/ipv4_header.h"
#include "protocols/ip/ipv6_header.h"
#include "protocols/tcp/tcp_header.h"
#include "protocols/tcp/tcp_options.h"
#include "topologies/match/packet_source.h"
#include "topologies/match/program.h"
#include "topologies/match/standard_fields.h"

namespace tickwire::match {
namespace {

using tcp::TcpHeader;
using tcp::TcpOptions;

struct Segment {
  TcpHeader header;
  TcpOptions options;
  uint32_t size = 0;
  bool v6 = false;
  bool is_fragment = false;
};

class TcpFields : public testing::Test {
 protected:
  bool Matches(const std::string& expression, const Segment& segment) {
    auto compiled = Compile(expression, StandardFieldTable(), {});
    EXPECT_TRUE(std::holds_alternative<Program>(compiled)) << expression;
    Packet packet = Packet::Allocate(pool_, Packet::kHeadroom, 0);
    packet.set_virtual_tail(segment.size);
    std::vector<uint8_t> options(TcpOptions::kMaxSize);
    options.resize(segment.options.Write(options, tcp::Profile::kRfc));
    const IpAddress a = *IpAddress::Parse(segment.v6 ? "2001:db8::1" : "10.0.0.1");
    const IpAddress b = *IpAddress::Parse(segment.v6 ? "2001:db8::2" : "10.0.0.2");
    segment.header.PrependTo(packet, options, a, b);
    if (segment.v6) {
      Ipv6Header{.payload_length = static_cast<uint16_t>(packet.wire_size()),
                 .next_header = IpProtocol::kTcp,
                 .source = a,
                 .destination = b}
          .SerializeTo(packet.Prepend(Ipv6Header::kSize));
    } else {
      Ipv4Header{.total_length = static_cast<uint16_t>(20 + packet.wire_size()),
                 .more_fragments = segment.is_fragment,
                 .protocol = IpProtocol::kTcp,
                 .source = a,
                 .destination = b}
          .SerializeTo(packet.Prepend(Ipv4Header::kSize));
    }
    PacketSource source(packet.bytes(), packet.virtual_tail());
    return std::get<Program>(compiled).Matches(source);
  }
  BufferPool pool_;
};

Segment Everything() {
  Segment segment;
  segment.header.source_port = 4000;
  segment.header.destination_port = 80;
  segment.header.sequence = 4294967295u;
  segment.header.acknowledgment = 7;
  segment.header.flags = 0xff;
  segment.header.window = 512;
  segment.header.urgent_pointer = 3;
  segment.options.mss = 1460;
  segment.options.window_scale = 9;
  segment.options.sack_permitted = true;
  segment.options.timestamps = {{11, 12}};
  segment.options.sack[0] = {100, 200};
  segment.options.sack_count = 1;
  segment.size = 1000;
  return segment;
}

TEST_F(TcpFields, EachHasItsValueInBothVersionsOfIp) {
  for (const bool v6 : {false, true}) {
    Segment segment = Everything();
    segment.v6 = v6;
    // MSS 4, window scale 4, SACK-permitted 4, timestamps 12, SACK 12: 36 bytes of options.
    for (const char* expression : {"tcp",
                                   "tcp.srcport==4000",
                                   "tcp.dstport==80",
                                   "tcp.seq_raw==4294967295",
                                   "tcp.ack_raw==7",
                                   "tcp.len==1000",
                                   "tcp.hdr_len==56",
                                   "tcp.flags==255",
                                   "tcp.flags.fin",
                                   "tcp.flags.syn",
                                   "tcp.flags.reset",
                                   "tcp.flags.push",
                                   "tcp.flags.ack",
                                   "tcp.flags.urg",
                                   "tcp.flags.ece",
                                   "tcp.flags.cwr",
                                   "tcp.window_size_value==512",
                                   "tcp.urgent_pointer==3",
                                   "tcp.options.mss_val==1460",
                                   "tcp.options.wscale.shift==9",
                                   "tcp.options.sack_perm",
                                   "tcp.options.sack.count==1",
                                   "tcp.options.sack_le==100",
                                   "tcp.options.sack_re==200",
                                   "tcp.options.timestamp.tsval==11",
                                   "tcp.options.timestamp.tsecr==12",
                                   "ip.proto==6"}) {
      EXPECT_TRUE(Matches(expression, segment)) << expression << (v6 ? " over IPv6" : "");
    }
    EXPECT_FALSE(Matches("udp", segment));
  }
}

TEST_F(TcpFields, WhatASegmentDoesNotHaveIsAbsentOrFalse) {
  Segment segment;
  segment.header.flags = TcpHeader::kSyn;
  EXPECT_TRUE(Matches("tcp.flags.syn && tcp.len==0", segment));
  for (const char* expression :
       {"tcp.ack_raw==0", "tcp.flags.ack", "tcp.options.mss_val>=0", "tcp.options.wscale.shift>=0",
        "tcp.options.sack_perm", "tcp.options.sack.count>=0", "tcp.options.sack_le>=0",
        "tcp.options.timestamp.tsval>=0"}) {
    EXPECT_FALSE(Matches(expression, segment)) << expression;
  }
}

TEST_F(TcpFields, AFragmentHasNone) {
  Segment segment = Everything();
  segment.is_fragment = true;
  EXPECT_FALSE(Matches("tcp", segment));
  EXPECT_TRUE(Matches("ip.proto==6", segment));
}

}  // namespace
}  // namespace tickwire::match
