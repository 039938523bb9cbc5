// What IpLayer does to send: headers, fragments (RFC 791 section 3.2, RFC 8200 section 4.5).
#include <algorithm>
#include <utility>

#include "protocols/ip/ip_layer.h"
#include "protocols/ip/packet_slice.h"

namespace tickwire {
namespace {

constexpr TraceLabel kNoRoute{"no_route", "RFC 1812 5.2.7.1: no route to the destination"};
constexpr TraceLabel kTooBig{"packet_too_big",
                             "RFC 1191, RFC 8201: larger than the next link's MTU"};

}  // namespace

IpLayer::SendResult IpLayer::Send(const IpAddress& source, const IpAddress& destination,
                                  IpProtocol protocol, Packet payload,
                                  const IpSendOptions& options) {
  const Route& route = routes_.Lookup(destination);
  // An address of one version cannot be the source of a packet of the other.
  if (route.kind == Route::Kind::kNone || source.is_v4() != destination.is_v4()) {
    Drop(payload, kNoRoute);
    return SendResult::kNoRoute;
  }
  Interface& out = OutOf(route);
  const bool needs_path_mtu = options.dont_fragment || destination.is_v6();
  const size_t path_mtu = needs_path_mtu ? PathMtu(destination) : 0;
  const size_t header_size = destination.is_v4() ? Ipv4Header::kSize : Ipv6Header::kSize;
  // RFC 1191 section 3, RFC 8201 section 4: what was learnt holds for this host's packets at once.
  if (options.dont_fragment && header_size + payload.wire_size() > path_mtu) {
    Drop(payload, kTooBig);
    return SendResult::kTooBig;
  }
  if (destination.is_v4()) {
    const Ipv4Header header{
        .dscp = options.dscp,
        .ecn = options.ecn,
        .total_length = static_cast<uint16_t>(Ipv4Header::kSize + payload.wire_size()),
        .identification = static_cast<uint16_t>(++identification_),
        .dont_fragment = options.dont_fragment,
        .ttl = options.ttl,
        .protocol = protocol,
        .source = source,
        .destination = destination};
    SendV4(header, std::move(payload), out);
    return SendResult::kSent;
  }
  const Ipv6Header header{.dscp = options.dscp,
                          .ecn = options.ecn,
                          .payload_length = static_cast<uint16_t>(payload.wire_size()),
                          .next_header = protocol,
                          .hop_limit = options.ttl,
                          .source = source,
                          .destination = destination};
  SendV6(header, std::move(payload), out, path_mtu);
  return SendResult::kSent;
}

void IpLayer::SendV4(const Ipv4Header& header, Packet payload, Interface& out) {
  if (header.total_length > out.mtu()) return FragmentV4(header, payload, out);
  header.SerializeTo(payload.Prepend(Ipv4Header::kSize));
  out.Send(std::move(payload));
}

// RFC 791 section 3.2. `header` may be that of a fragment itself.
void IpLayer::FragmentV4(const Ipv4Header& header, const Packet& payload, Interface& out) {
  const size_t room = (out.mtu() - Ipv4Header::kSize) / 8 * 8;
  const size_t total = payload.wire_size();
  for (size_t offset = 0; offset < total; offset += room) {
    const size_t size = std::min(room, total - offset);
    Packet piece = SlicePacket(node_, payload, offset, size);
    Ipv4Header piece_header = header;
    piece_header.total_length = static_cast<uint16_t>(Ipv4Header::kSize + size);
    piece_header.fragment_offset = static_cast<uint16_t>(header.fragment_offset + offset);
    piece_header.more_fragments = header.more_fragments || offset + size < total;
    piece_header.SerializeTo(piece.Prepend(Ipv4Header::kSize));
    out.Send(std::move(piece));
  }
}

// RFC 8200 section 4.5: only the source fragments.
void IpLayer::SendV6(const Ipv6Header& header, Packet payload, Interface& out, size_t path_mtu) {
  const size_t total = payload.wire_size();
  if (Ipv6Header::kSize + total <= path_mtu) {
    header.SerializeTo(payload.Prepend(Ipv6Header::kSize));
    return out.Send(std::move(payload));
  }
  const size_t room = (path_mtu - Ipv6Header::kSize - Ipv6FragmentHeader::kSize) / 8 * 8;
  ++identification_;
  for (size_t offset = 0; offset < total; offset += room) {
    const size_t size = std::min(room, total - offset);
    Packet piece = SlicePacket(node_, payload, offset, size);
    Ipv6FragmentHeader{.next_header = header.next_header,
                       .fragment_offset = static_cast<uint16_t>(offset),
                       .more_fragments = offset + size < total,
                       .identification = identification_}
        .SerializeTo(piece.Prepend(Ipv6FragmentHeader::kSize));
    Ipv6Header piece_header = header;
    piece_header.next_header = IpProtocol::kIpv6Fragment;
    piece_header.payload_length = static_cast<uint16_t>(piece.wire_size());
    piece_header.SerializeTo(piece.Prepend(Ipv6Header::kSize));
    out.Send(std::move(piece));
  }
}

}  // namespace tickwire
