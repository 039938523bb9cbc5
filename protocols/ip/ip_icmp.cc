// IpLayer's ICMP: errors that come and go, echo (RFC 792, 1122 section 3.2.2; RFC 4443).
//
// MODEL: errors are not limited in rate (RFC 1812 section 4.3.2.8, RFC 4443 section 2.4 (f)), so
// that a trace shows every cause; a flood of bad packets makes as many answers.
#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "protocols/ip/ip_layer.h"
#include "protocols/ip/packet_slice.h"

namespace tickwire {
namespace {

constexpr TraceLabel kBadIcmp{"bad_icmp_checksum", "RFC 792, RFC 4443 2.3: checksum is wrong"};
constexpr TraceLabel kShortIcmp{"truncated_icmp", "RFC 792, RFC 4443 2.1: shorter than its header"};
constexpr TraceLabel kOddIcmp{"icmp_not_understood", "RFC 1122 3.2.2: unknown types are ignored"};

constexpr size_t kV6MinimumMtu = 1280;  // RFC 8200 section 5
constexpr uint8_t kIcmpTtl = 64;

// How much of a packet in error is quoted: as much as fits 576 bytes (RFC 1812 section 4.3.2.3) or
// the least MTU of IPv6 (RFC 4443 section 3.1).
constexpr size_t QuotedBytes(bool v6) {
  return v6 ? kV6MinimumMtu - Ipv6Header::kSize - IcmpMessage::kHeaderSize
            : 576 - Ipv4Header::kSize - IcmpMessage::kHeaderSize;
}

}  // namespace

void IpLayer::OnIcmp(const IpDatagram& datagram, Packet payload) {
  const std::optional<IcmpMessage> message = IcmpMessage::Parse(
      payload.bytes(), payload.virtual_tail(), datagram.source, datagram.destination);
  if (!message) {
    return Drop(payload, payload.bytes().size() < IcmpMessage::kHeaderSize ? kShortIcmp : kBadIcmp);
  }
  switch (message->kind) {
    case IcmpMessage::Kind::kError:
      return OnIcmpError(datagram, *message);
    case IcmpMessage::Kind::kEchoRequest: {
      // RFC 1122 section 3.2.2.6: the data comes back, from the address that was asked.
      Packet reply = SlicePacket(node_, payload, 0, payload.wire_size());
      reply.set_spoiled(nullptr);
      IcmpMessage{.kind = IcmpMessage::Kind::kEchoReply, .rest = message->rest, .payload = {}}
          .WriteHeader(reply.mutable_bytes(), reply.virtual_tail(), datagram.destination,
                       datagram.source);
      Send(datagram.destination, datagram.source, datagram.protocol, std::move(reply));
      return;
    }
    case IcmpMessage::Kind::kEchoReply:
    case IcmpMessage::Kind::kOther:
      return Drop(payload, kOddIcmp);
  }
}

void IpLayer::OnIcmpError(const IpDatagram& datagram, const IcmpMessage& message) {
  const bool v6 = datagram.source.is_v6();
  IcmpReport report{.kind = message.error, .payload = message.payload};
  IpProtocol protocol{};
  const TraceLabel* why = nullptr;
  bool names_ports = true;  // false: of a later fragment, whose data tells no socket
  // The quotation is cut short, so its length fields say more than there is.
  if (v6) {
    const auto header = Ipv6Header::Parse(message.payload, 1 << 17, &why);
    if (!header) return;
    report.source = header->source;
    report.destination = header->destination;
    report.payload = message.payload.subspan(Ipv6Header::kSize);
    protocol = header->next_header;
    if (protocol == IpProtocol::kIpv6Fragment) {
      const auto fragment = Ipv6FragmentHeader::Parse(report.payload);
      if (!fragment) return;
      report.payload = report.payload.subspan(Ipv6FragmentHeader::kSize);
      protocol = fragment->next_header;
      names_ports = fragment->fragment_offset == 0;
    }
  } else {
    const auto header = Ipv4Header::Parse(message.payload, 1 << 17, &why);
    if (!header) return;
    report.source = header->source;
    report.destination = header->destination;
    report.payload = message.payload.subspan(header->header_size);
    protocol = header->protocol;
    names_ports = header->fragment_offset == 0;
  }
  if (!IsLocal(report.source)) return;  // about somebody else's datagram: not believed
  Protocol* upper = protocols_[static_cast<uint8_t>(protocol)];
  if (upper != nullptr && names_ports && !upper->MayHaveSent(report)) return;
  if (report.kind == IcmpErrorKind::kPacketTooBig) {
    // RFC 8201 section 4: never below the least MTU, never upwards. RFC 1191 section 3: 68.
    report.mtu = std::max<uint32_t>(message.mtu(v6), v6 ? kV6MinimumMtu : 68);
    if (report.mtu < PathMtu(report.destination)) path_mtus_[report.destination] = report.mtu;
  }
  if (upper != nullptr && names_ports) upper->OnIcmpError(report);
}

// RFC 1122 section 3.2.2 and RFC 4443 section 2.4 (e): never about an ICMP error, a fragment other
// than the first, or a packet to or from what is not a single host.
bool IpLayer::MayAnswerWithError(const Packet& offending) const {
  const std::span<const uint8_t> bytes = offending.bytes();
  const TraceLabel* why = nullptr;
  IpAddress source, destination;
  IpProtocol protocol{};
  size_t header_size = 0;
  if (bytes[0] >> 4 == 4) {
    const auto header = Ipv4Header::Parse(bytes, 1 << 17, &why);
    if (!header || header->fragment_offset != 0) return false;
    source = header->source;
    destination = header->destination;
    protocol = header->protocol;
    header_size = header->header_size;
  } else {
    const auto header = Ipv6Header::Parse(bytes, 1 << 17, &why);
    if (!header) return false;
    source = header->source;
    destination = header->destination;
    protocol = header->next_header;
    header_size = Ipv6Header::kSize;
    if (protocol == IpProtocol::kIpv6Fragment) {
      const auto fragment = Ipv6FragmentHeader::Parse(bytes.subspan(header_size));
      if (!fragment) return false;
      protocol = fragment->next_header;
      header_size += Ipv6FragmentHeader::kSize;
      // What a later fragment carries cannot be told: it may be an error.
      if (fragment->fragment_offset != 0 && protocol == IpProtocol::kIcmpv6) return false;
    }
  }
  if (source.is_unspecified() || source.is_multicast() || destination.is_multicast() ||
      destination.is_broadcast()) {
    return false;
  }
  if (bytes.size() <= header_size) return true;
  const uint8_t icmp_type = bytes[header_size];
  if (protocol == IpProtocol::kIcmp) return icmp_type == 8 || icmp_type == 0;
  if (protocol == IpProtocol::kIcmpv6) return icmp_type >= 128;
  return true;
}

void IpLayer::SendIcmpError(IcmpErrorKind kind, const Packet& offending, uint32_t mtu) {
  if (!MayAnswerWithError(offending)) return;
  const std::span<const uint8_t> bytes = offending.bytes();
  const bool v6 = bytes[0] >> 4 == 6;
  const IpAddress destination =
      v6 ? IpAddress::FromBytes(bytes.subspan(8, 16)) : IpAddress::FromBytes(bytes.subspan(12, 4));
  const IpAddress addressed =
      v6 ? IpAddress::FromBytes(bytes.subspan(24, 16)) : IpAddress::FromBytes(bytes.subspan(16, 4));
  // From the address that the packet was for, if it was ours (RFC 1122 section 3.2.2).
  const IpAddress source = IsLocal(addressed) ? addressed : SourceFor(destination);
  if (source.is_unspecified()) return;
  const size_t quoted = std::min(offending.wire_size(), QuotedBytes(v6));
  Packet error = SlicePacket(node_, offending, 0, quoted);
  error.set_spoiled(nullptr);
  error.Prepend(IcmpMessage::kHeaderSize);
  IcmpMessage{.kind = IcmpMessage::Kind::kError, .error = kind, .rest = mtu, .payload = {}}
      .WriteHeader(error.mutable_bytes(), error.virtual_tail(), source, destination);
  Send(source, destination, v6 ? IpProtocol::kIcmpv6 : IpProtocol::kIcmp, std::move(error),
       {.ttl = kIcmpTtl});
}

void IpLayer::SendUnreachable(IcmpErrorKind kind, const IpDatagram& datagram,
                              const Packet& payload) {
  // Rebuild the header that was trimmed: the layer above may have read on, or the datagram may have
  // come in fragments.
  Packet whole = SlicePacket(node_, payload, 0, payload.wire_size());
  if (datagram.source.is_v4()) {
    Ipv4Header{.dscp = datagram.dscp,
               .ecn = datagram.ecn,
               .total_length = static_cast<uint16_t>(Ipv4Header::kSize + payload.wire_size()),
               .ttl = datagram.ttl,
               .protocol = datagram.protocol,
               .source = datagram.source,
               .destination = datagram.destination}
        .SerializeTo(whole.Prepend(Ipv4Header::kSize));
  } else {
    Ipv6Header{.dscp = datagram.dscp,
               .ecn = datagram.ecn,
               .payload_length = static_cast<uint16_t>(payload.wire_size()),
               .next_header = datagram.protocol,
               .hop_limit = datagram.ttl,
               .source = datagram.source,
               .destination = datagram.destination}
        .SerializeTo(whole.Prepend(Ipv6Header::kSize));
  }
  SendIcmpError(kind, whole);
}

}  // namespace tickwire
