// Fuzz entry for TCP segments: header, options, and what people see of them.
//
// First byte: bit 0 for IPv6, bit 1 for a repaired checksum; then the segment. Demands no crash, no
// read behind the end, and that what is read and written again reads as the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "experiments/view/packet_summary.h"
#include "experiments/view/packet_tree.h"
#include "experiments/view/tcp_flow_view.h"
#include "protocols/ip/ipv4_header.h"
#include "protocols/ip/ipv6_header.h"
#include "protocols/tcp/tcp_header.h"
#include "protocols/tcp/tcp_options.h"
#include "sim_core/base/check.h"
#include "topologies/match/packet_source.h"

namespace tickwire {
namespace {

using tcp::TcpHeader;
using tcp::TcpOptions;

constexpr size_t kLargest = 1400;

void CheckOptions(std::span<const uint8_t> bytes) {
  const TcpOptions read = TcpOptions::Parse(bytes);
  TW_CHECK(read.sack_count <= read.sack.size());
  for (const tcp::Profile profile :
       {tcp::Profile::kRfc, tcp::Profile::kLinux, tcp::Profile::kFreeBsd}) {
    uint8_t out[TcpOptions::kMaxSize];
    const size_t size = read.Write(out, profile);
    TW_CHECK(size <= sizeof out && size % 4 == 0);
    const TcpOptions again = TcpOptions::Parse({out, size});
    TW_CHECK(again.malformed == nullptr);
    TW_CHECK(again.mss == read.mss);
    TW_CHECK(again.window_scale == read.window_scale);
    TW_CHECK(again.sack_permitted == read.sack_permitted);
    TW_CHECK(again.timestamps == read.timestamps);
    TW_CHECK(again.sack_count <= read.sack_count);
    for (size_t i = 0; i < again.sack_count; ++i) TW_CHECK(again.sack[i] == read.sack[i]);
  }
}

void CheckSegment(std::span<const uint8_t> segment, bool v6, bool repair) {
  const IpAddress a = *IpAddress::Parse(v6 ? "2001:db8::1" : "10.0.0.1");
  const IpAddress b = *IpAddress::Parse(v6 ? "2001:db8::2" : "10.0.0.2");
  BufferPool pool;
  Packet packet = Packet::Allocate(pool, Packet::kHeadroom, segment.size());
  std::copy(segment.begin(), segment.end(), packet.mutable_bytes().begin());
  const TraceLabel* why = nullptr;
  auto header = TcpHeader::Parse(packet, a, b, &why);
  TW_CHECK(header.has_value() == (why == nullptr));
  const auto read = TcpHeader::Read(segment);
  const bool has_header =
      read && read->header_bytes() >= TcpHeader::kSize && read->header_bytes() <= segment.size();
  if (!header && repair && has_header) {
    packet.TrimFront(read->header_bytes());
    read->PrependTo(
        packet, segment.subspan(TcpHeader::kSize, read->header_bytes() - TcpHeader::kSize), a, b);
    header = TcpHeader::Parse(packet, a, b, &why);
    TW_CHECK(header.has_value());
    TW_CHECK(header->sequence == read->sequence && header->flags == read->flags);
  }
  if (header) {
    CheckOptions(
        packet.bytes().subspan(TcpHeader::kSize, header->header_bytes() - TcpHeader::kSize));
  }
  // As a part of a packet.
  if (v6) {
    Ipv6Header{.payload_length = static_cast<uint16_t>(packet.wire_size()),
               .next_header = IpProtocol::kTcp,
               .hop_limit = 64,
               .source = a,
               .destination = b}
        .SerializeTo(packet.Prepend(Ipv6Header::kSize));
  } else {
    Ipv4Header{.total_length = static_cast<uint16_t>(Ipv4Header::kSize + packet.wire_size()),
               .ttl = 64,
               .protocol = IpProtocol::kTcp,
               .source = a,
               .destination = b}
        .SerializeTo(packet.Prepend(Ipv4Header::kSize));
  }
  TW_CHECK(!DescribePacket(packet.bytes()).lines.empty());
  match::PacketSource source(packet.bytes(), 0);
  TW_CHECK(!Summarize(source).empty());
  for (uint16_t field = 0; field < match::PacketFields().size(); ++field) {
    (void)source.Get(match::FieldId{field});
  }
  if (!source.tcp()) return;
  TcpFlowView view;
  for (size_t i = 0; i < 3; ++i) TW_CHECK(!view.Describe(source, "", i).summary.empty());
}

}  // namespace
}  // namespace tickwire

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::span<const uint8_t> segment(data + 1, std::min(size - 1, tickwire::kLargest));
  tickwire::CheckSegment(segment, (data[0] & 1) != 0, (data[0] & 2) != 0);
  tickwire::CheckOptions(segment.first(std::min<size_t>(segment.size(), 40)));
  return 0;
}
