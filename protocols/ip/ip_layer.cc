#include "protocols/ip/ip_layer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tickwire {
namespace {

constexpr TraceLabel kEmpty{"truncated", "an empty packet"};
constexpr TraceLabel kBadVersion{"bad_version", "neither IPv4 nor IPv6"};
constexpr TraceLabel kNotForMe{"not_for_this_host", "RFC 1122 3.2.1.3: not addressed to this host"};
constexpr TraceLabel kNoRoute{"no_route", "RFC 1812 5.2.7.1: no route to the destination"};
constexpr TraceLabel kTtl{"ttl_exceeded", "RFC 1812 5.3.1, RFC 8200 3: TTL or hop limit used up"};
constexpr TraceLabel kTooBig{"packet_too_big",
                             "RFC 1191, RFC 8201: larger than the next link's MTU"};
constexpr TraceLabel kUnknownProtocol{"unknown_protocol",
                                      "RFC 1122 3.2.2.1, RFC 4443 3.4: nobody takes this protocol"};
constexpr TraceLabel kBadSource{"bad_source",
                                "RFC 1122 3.2.1.3: the source is not a host's address"};
constexpr TraceLabel kBadIcmp{"bad_icmp_checksum", "RFC 792, RFC 4443 2.3: checksum is wrong"};
constexpr TraceLabel kShortIcmp{"truncated_icmp", "RFC 792, RFC 4443 2.1: shorter than its header"};
constexpr TraceLabel kShortFragment{"truncated_fragment",
                                    "RFC 8200 4.5: shorter than a fragment header"};
constexpr TraceLabel kOddIcmp{"icmp_not_understood", "RFC 1122 3.2.2: unknown types are ignored"};

constexpr size_t kV6MinimumMtu = 1280;  // RFC 8200 section 5
constexpr uint8_t kIcmpTtl = 64;

// How much of a packet in error is quoted: as much as fits 576 bytes (RFC 1812 section 4.3.2.3) or
// the least MTU of IPv6 (RFC 4443 section 3.1).
constexpr size_t QuotedBytes(bool v6) {
  return v6 ? kV6MinimumMtu - Ipv6Header::kSize - IcmpMessage::kHeaderSize
            : 576 - Ipv4Header::kSize - IcmpMessage::kHeaderSize;
}

// The part of `payload` from `offset`, `size` bytes long, as a packet of its own.
Packet Slice(Node& node, const Packet& payload, size_t offset, size_t size) {
  const std::span<const uint8_t> bytes = payload.bytes();
  const size_t stored = offset >= bytes.size() ? 0 : std::min(size, bytes.size() - offset);
  Packet slice = node.NewPacket(stored);
  if (stored > 0) std::memcpy(slice.mutable_bytes().data(), bytes.data() + offset, stored);
  slice.set_virtual_tail(static_cast<uint32_t>(size - stored));
  slice.set_spoiled(payload.spoiled());
  slice.set_record(payload.record());
  return slice;
}

}  // namespace

IpLayer::IpLayer(Node& node, Role role)
    : node_(node),
      role_(role),
      entity_(node.trace().NewEntity("ip")),
      loopback_(node.AddInterface("lo")),
      reassembly_(node.clock(), node.pool(), *this) {
  // A wire from the node to itself: what a node sends to its own addresses takes the same path as
  // everything else, with its records, one nanosecond long.
  LinkConfig config;
  config.mtu = 65535;
  loopback_link_ = std::make_unique<Link>(loopback_, loopback_, absl::StrCat(node.name(), "/lo"),
                                          std::move(config));
  loopback_.set_link(loopback_link_.get());
  addresses_.resize(node.interfaces().size());
  for (Interface& interface : node.interfaces()) interface.set_upper(this);
}

IpLayer::~IpLayer() = default;

void IpLayer::AddAddress(Interface& interface, const IpAddress& address) {
  routes_.Add({address, address.bits()}, {Route::Kind::kLocal, &interface});
  InterfaceAddresses& own = addresses_[interface.index()];
  std::optional<IpAddress>& first = address.is_v4() ? own.v4 : own.v6;
  if (!first) first = address;
}

void IpLayer::AddRoute(const IpPrefix& prefix, Interface& out) {
  routes_.Add(prefix, {Route::Kind::kVia, &out});
}

void IpLayer::Register(IpProtocol number, Protocol& protocol) {
  TW_CHECK(protocols_[static_cast<uint8_t>(number)] == nullptr);
  protocols_[static_cast<uint8_t>(number)] = &protocol;
}

Interface& IpLayer::OutOf(const Route& route) {
  return route.kind == Route::Kind::kLocal ? loopback_ : *route.out;
}

IpAddress IpLayer::SourceFor(const IpAddress& destination) const {
  const Route& route = routes_.Lookup(destination);
  const IpAddress unspecified =
      destination.is_v4() ? IpAddress() : IpAddress::FromBytes(std::array<uint8_t, 16>{});
  if (route.kind == Route::Kind::kNone) return unspecified;
  if (route.kind == Route::Kind::kLocal) return destination;
  const InterfaceAddresses& own = addresses_[route.out->index()];
  return (destination.is_v4() ? own.v4 : own.v6).value_or(unspecified);
}

bool IpLayer::IsLocal(const IpAddress& address) const {
  return routes_.Lookup(address).kind == Route::Kind::kLocal;
}

size_t IpLayer::PathMtu(const IpAddress& destination) const {
  const Route& route = routes_.Lookup(destination);
  if (route.kind == Route::Kind::kNone) return 0;
  const size_t mtu = route.kind == Route::Kind::kLocal ? loopback_.mtu() : route.out->mtu();
  if (path_mtus_.empty()) return mtu;
  const auto known = path_mtus_.find(destination);
  return known == path_mtus_.end() ? mtu : std::min<size_t>(mtu, known->second);
}

// --- Sending ---

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
    Packet piece = Slice(node_, payload, offset, size);
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
    Packet piece = Slice(node_, payload, offset, size);
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

// --- Receiving ---

void IpLayer::OnPacket(Interface& from, Packet packet) {
  if (packet.bytes().empty()) return Drop(packet, kEmpty);
  switch (packet.bytes()[0] >> 4) {
    case 4:
      return OnPacketV4(from, std::move(packet));
    case 6:
      return OnPacketV6(from, std::move(packet));
    default:
      return Drop(packet, kBadVersion);
  }
}

void IpLayer::OnPacketV4(Interface& from, Packet packet) {
  const TraceLabel* why = nullptr;
  const std::optional<Ipv4Header> header =
      Ipv4Header::Parse(packet.bytes(), packet.wire_size(), &why);
  if (!header) return Drop(packet, *why);
  if (header->source.is_multicast() || header->source.is_broadcast()) {
    return Drop(packet, kBadSource);
  }
  if (header->total_length < packet.wire_size()) packet.Truncate(header->total_length);
  const Route& route = routes_.Lookup(header->destination);
  if (route.kind != Route::Kind::kLocal) {
    if (role_ == Role::kHost) return Drop(packet, kNotForMe);
    if (route.kind == Route::Kind::kNone) {
      Drop(packet, kNoRoute);
      return SendIcmpError(IcmpErrorKind::kNetworkUnreachable, packet);
    }
    return ForwardV4(*header, std::move(packet), *route.out);
  }
  if (IsForged(from, header->source)) return Drop(packet, kBadSource);
  const IpDatagram datagram{header->source, header->destination, header->protocol,
                            header->ttl,    header->dscp,        header->ecn};
  if (!header->is_fragment()) {
    packet.TrimFront(header->header_size);
    return Deliver(datagram, std::move(packet));
  }
  Packet quotation = header->fragment_offset == 0 ? packet.Clone() : Packet();
  packet.TrimFront(header->header_size);
  Reassemble({header->source, header->destination, header->identification, header->protocol},
             {header->fragment_offset, header->more_fragments, std::move(packet),
              std::move(quotation), datagram});
}

void IpLayer::OnPacketV6(Interface& from, Packet packet) {
  const TraceLabel* why = nullptr;
  const std::optional<Ipv6Header> header =
      Ipv6Header::Parse(packet.bytes(), packet.wire_size(), &why);
  if (!header) return Drop(packet, *why);
  if (header->source.is_multicast()) return Drop(packet, kBadSource);
  packet.Truncate(Ipv6Header::kSize + header->payload_length);
  const Route& route = routes_.Lookup(header->destination);
  if (route.kind != Route::Kind::kLocal) {
    if (role_ == Role::kHost) return Drop(packet, kNotForMe);
    if (route.kind == Route::Kind::kNone) {
      Drop(packet, kNoRoute);
      return SendIcmpError(IcmpErrorKind::kNetworkUnreachable, packet);
    }
    return ForwardV6(*header, std::move(packet), *route.out);
  }
  if (IsForged(from, header->source)) return Drop(packet, kBadSource);
  IpDatagram datagram{header->source,    header->destination, header->next_header,
                      header->hop_limit, header->dscp,        header->ecn};
  if (header->next_header != IpProtocol::kIpv6Fragment) {
    packet.TrimFront(Ipv6Header::kSize);
    return Deliver(datagram, std::move(packet));
  }
  const std::optional<Ipv6FragmentHeader> fragment =
      Ipv6FragmentHeader::Parse(packet.bytes().subspan(Ipv6Header::kSize));
  if (!fragment) return Drop(packet, kShortFragment);
  datagram.protocol = fragment->next_header;
  if (fragment->fragment_offset == 0 && !fragment->more_fragments) {
    // RFC 6946 section 4: a whole datagram, apart from others of its identification.
    packet.TrimFront(Ipv6Header::kSize + Ipv6FragmentHeader::kSize);
    return Deliver(datagram, std::move(packet));
  }
  Packet quotation = fragment->fragment_offset == 0 ? packet.Clone() : Packet();
  packet.TrimFront(Ipv6Header::kSize + Ipv6FragmentHeader::kSize);
  Reassemble({header->source, header->destination, fragment->identification, IpProtocol{}},
             {fragment->fragment_offset, fragment->more_fragments, std::move(packet),
              std::move(quotation), datagram});
}

// What a node sends to itself never touches a wire, so a packet from one that bears an address of
// the receiver as its source is forged (RFC 1122 section 3.2.1.3); answering would never end.
bool IpLayer::IsForged(const Interface& from, const IpAddress& source) const {
  return &from != &loopback_ && IsLocal(source);
}

void IpLayer::Reassemble(const Reassembly::Key& key, Reassembly::Fragment fragment) {
  const TraceLabel* why = nullptr;
  const Packet seen = Slice(node_, fragment.packet, 0, 0);
  std::optional<Reassembly::Whole> whole = reassembly_.Add(key, std::move(fragment), &why);
  if (why != nullptr) Drop(seen, *why);
  if (whole) Deliver(whole->datagram, std::move(whole->packet));
}

void IpLayer::OnReassemblyTimeout(const Packet& quotation) {
  // Without the first fragment nothing is sent (RFC 1122 section 3.3.2, RFC 8200 section 4.5).
  if (quotation.wire_size() > 0) SendIcmpError(IcmpErrorKind::kReassemblyTimeout, quotation);
}

void IpLayer::Deliver(const IpDatagram& datagram, Packet payload) {
  if (datagram.protocol == (datagram.source.is_v4() ? IpProtocol::kIcmp : IpProtocol::kIcmpv6)) {
    return OnIcmp(datagram, std::move(payload));
  }
  Protocol* protocol = protocols_[static_cast<uint8_t>(datagram.protocol)];
  if (protocol != nullptr) return protocol->OnDatagram(datagram, std::move(payload));
  Drop(payload, kUnknownProtocol);
  SendUnreachable(IcmpErrorKind::kProtocolUnreachable, datagram, payload);
}

// --- Forwarding ---

void IpLayer::ForwardV4(const Ipv4Header& header, Packet packet, Interface& out) {
  if (header.ttl <= 1) {
    Drop(packet, kTtl);
    return SendIcmpError(IcmpErrorKind::kTtlExceeded, packet);
  }
  if (packet.wire_size() > out.mtu() && header.dont_fragment) {
    Drop(packet, kTooBig);
    return SendIcmpError(IcmpErrorKind::kPacketTooBig, packet, static_cast<uint32_t>(out.mtu()));
  }
  if (packet.wire_size() <= out.mtu()) {
    DecrementIpv4Ttl(packet.mutable_bytes().first(header.header_size));
    return out.Send(std::move(packet));
  }
  Ipv4Header outgoing = header;
  --outgoing.ttl;
  packet.TrimFront(header.header_size);
  FragmentV4(outgoing, packet, out);
}

void IpLayer::ForwardV6(const Ipv6Header& header, Packet packet, Interface& out) {
  if (header.hop_limit <= 1) {
    Drop(packet, kTtl);
    return SendIcmpError(IcmpErrorKind::kTtlExceeded, packet);
  }
  if (packet.wire_size() > out.mtu()) {
    Drop(packet, kTooBig);
    return SendIcmpError(IcmpErrorKind::kPacketTooBig, packet, static_cast<uint32_t>(out.mtu()));
  }
  --packet.mutable_bytes()[7];
  out.Send(std::move(packet));
}

// --- ICMP ---

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
      Packet reply = Slice(node_, payload, 0, payload.wire_size());
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
  if (report.kind == IcmpErrorKind::kPacketTooBig) {
    // RFC 8201 section 4: never below the least MTU, never upwards. RFC 1191 section 3: 68.
    report.mtu = std::max<uint32_t>(message.mtu(v6), v6 ? kV6MinimumMtu : 68);
    if (report.mtu < PathMtu(report.destination)) path_mtus_[report.destination] = report.mtu;
  }
  Protocol* upper = protocols_[static_cast<uint8_t>(protocol)];
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
  Packet error = Slice(node_, offending, 0, quoted);
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
  Packet whole = Slice(node_, payload, 0, payload.wire_size());
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

void IpLayer::Drop(const Packet& packet, const TraceLabel& why) {
  node_.trace().Packet(
      {.kind = TraceKind::kPacketDropped,
       .place = entity_,
       .packet = packet.record(),
       .label = &why,
       .value = static_cast<int64_t>(packet.wire_size()),
       .packet_hash = packet.Hash(),
       // Nobody has seen the bytes of a packet that never left.
       .bytes = packet.record().has_value() ? std::span<const uint8_t>() : packet.bytes(),
       .virtual_tail = packet.virtual_tail()});
}

}  // namespace tickwire
