#include "protocols/ip/ip_layer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/ip/packet_slice.h"

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
constexpr TraceLabel kShortFragment{"truncated_fragment",
                                    "RFC 8200 4.5: shorter than a fragment header"};

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
  local_addresses_.push_back(address);
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
  const Packet seen = SlicePacket(node_, fragment.packet, 0, 0);
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
