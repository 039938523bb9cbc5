#include "experiments/view/packet_tree.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "experiments/view/sctp_tree.h"
#include "protocols/ip/icmp.h"
#include "protocols/ip/ipv4_header.h"
#include "protocols/ip/ipv6_header.h"
#include "protocols/sctp/packet/sctp_packet.h"
#include "protocols/sip/message/describe.h"
#include "protocols/sip/message/validate.h"
#include "protocols/tcp/tcp_header.h"
#include "protocols/tcp/tcp_options.h"
#include "protocols/udp/udp_header.h"
#include "sim_core/packet/internet_checksum.h"

namespace tickwire {
namespace {

using Bytes = std::span<const uint8_t>;

std::string ProtocolName(IpProtocol protocol) {
  switch (protocol) {
    case IpProtocol::kIcmp:
      return "ICMP";
    case IpProtocol::kTcp:
      return "TCP";
    case IpProtocol::kUdp:
      return "UDP";
    case IpProtocol::kIpv6Fragment:
      return "fragment header";
    case IpProtocol::kIcmpv6:
      return "ICMPv6";
    case IpProtocol::kIpv6NoNextHeader:
      return "no next header";
    case IpProtocol::kSctp:
      return "SCTP";
  }
  return "unknown";
}

// Where in a header the field lies whose rule is broken.
size_t OffsetOf(absl::string_view id, size_t size) {
  struct Place {
    absl::string_view id;
    size_t offset;
  };
  static constexpr Place kPlaces[] = {{"bad_version", 0},     {"bad_header_length", 0},
                                      {"bad_length", 2},      {"bad_ip_checksum", 10},
                                      {"bad_udp_length", 4},  {"bad_udp_checksum", 6},
                                      {"no_udp_checksum", 6}, {"bad_icmp_checksum", 2},
                                      {"bad_tcp_offset", 12}, {"bad_tcp_checksum", 16}};
  for (const Place& place : kPlaces) {
    if (place.id == id) return place.offset;
  }
  return size;  // too short: what is missing begins at the end
}

class Describer {
 public:
  PacketTree Run(Bytes bytes);

 private:
  void Line(int depth, size_t offset, size_t length, std::string text) {
    tree_.lines.push_back({depth, std::move(text), offset, length});
  }
  void Broken(const TraceLabel& rule, size_t header_offset, size_t size) {
    tree_.violations.push_back({rule.rule, rule.name, header_offset + OffsetOf(rule.name, size)});
  }
  void V4(Bytes bytes);
  void V6(Bytes bytes);
  void Upper(IpProtocol protocol, Bytes bytes, size_t offset, const IpAddress& source,
             const IpAddress& destination, bool is_fragment);
  void Udp(Bytes bytes, size_t offset, const IpAddress& source, const IpAddress& destination,
           bool is_fragment);
  void Icmp(Bytes bytes, size_t offset, const IpAddress& source, const IpAddress& destination);
  void Tcp(Bytes bytes, size_t offset, const IpAddress& source, const IpAddress& destination);
  void TcpOptionLines(Bytes bytes, size_t offset);
  void Sip(Bytes bytes, size_t offset);

  PacketTree tree_;
};

void Describer::V4(Bytes bytes) {
  const TraceLabel* why = nullptr;
  const auto header = Ipv4Header::Parse(bytes, bytes.size(), &why);
  if (!header) {
    Line(0, 0, bytes.size(), "IPv4 packet that cannot be read");
    return Broken(*why, 0, bytes.size());
  }
  Line(0, 0, header->header_size,
       absl::StrCat("IPv4 ", header->source.ToString(), " > ", header->destination.ToString()));
  Line(1, 0, 1, absl::StrCat("header length ", header->header_size));
  Line(1, 1, 1, absl::StrCat("DSCP ", header->dscp, ", ECN ", static_cast<int>(header->ecn)));
  Line(1, 2, 2, absl::StrCat("total length ", header->total_length));
  Line(1, 4, 2, absl::StrCat("identification ", header->identification));
  Line(
      1, 6, 2,
      absl::StrCat("flags", header->dont_fragment ? " DF" : "", header->more_fragments ? " MF" : "",
                   ", fragment offset ", header->fragment_offset));
  Line(1, 8, 1, absl::StrCat("TTL ", header->ttl));
  Line(1, 9, 1,
       absl::StrCat("protocol ", static_cast<int>(header->protocol), " (",
                    ProtocolName(header->protocol), ")"));
  Line(1, 10, 2, absl::StrFormat("header checksum 0x%02x%02x, right", bytes[10], bytes[11]));
  if (header->total_length < bytes.size()) {
    Line(1, header->total_length, bytes.size() - header->total_length, "bytes after the packet");
  }
  if (header->fragment_offset != 0) {
    Line(0, header->header_size, header->total_length - header->header_size, "rest of a datagram");
    return;
  }
  Upper(header->protocol,
        bytes.subspan(header->header_size, header->total_length - header->header_size),
        header->header_size, header->source, header->destination, header->is_fragment());
}

void Describer::V6(Bytes bytes) {
  const TraceLabel* why = nullptr;
  const auto header = Ipv6Header::Parse(bytes, bytes.size(), &why);
  if (!header) {
    Line(0, 0, bytes.size(), "IPv6 packet that cannot be read");
    if (absl::string_view(why->name) == "bad_length") {  // the field lies elsewhere than in IPv4
      tree_.violations.push_back({why->rule, why->name, 4});
      return;
    }
    return Broken(*why, 0, bytes.size());
  }
  Line(0, 0, Ipv6Header::kSize,
       absl::StrCat("IPv6 ", header->source.ToString(), " > ", header->destination.ToString()));
  Line(1, 0, 4,
       absl::StrCat("DSCP ", header->dscp, ", ECN ", static_cast<int>(header->ecn), ", flow label ",
                    header->flow_label));
  Line(1, 4, 2, absl::StrCat("payload length ", header->payload_length));
  Line(1, 6, 1,
       absl::StrCat("next header ", static_cast<int>(header->next_header), " (",
                    ProtocolName(header->next_header), ")"));
  Line(1, 7, 1, absl::StrCat("hop limit ", header->hop_limit));
  Bytes payload = bytes.subspan(Ipv6Header::kSize, header->payload_length);
  size_t offset = Ipv6Header::kSize;
  IpProtocol protocol = header->next_header;
  bool is_fragment = false;
  if (protocol == IpProtocol::kIpv6Fragment) {
    const auto fragment = Ipv6FragmentHeader::Parse(payload);
    static constexpr TraceLabel kTooShort{"truncated_fragment",
                                          "RFC 8200 4.5: shorter than a fragment header"};
    if (!fragment) return Broken(kTooShort, offset, payload.size());
    Line(0, offset, Ipv6FragmentHeader::kSize,
         absl::StrCat("fragment header: offset ", fragment->fragment_offset,
                      fragment->more_fragments ? ", more follow" : ", the last",
                      ", identification ", fragment->identification));
    payload = payload.subspan(Ipv6FragmentHeader::kSize);
    offset += Ipv6FragmentHeader::kSize;
    protocol = fragment->next_header;
    is_fragment = true;
    if (fragment->fragment_offset != 0) return;
  }
  Upper(protocol, payload, offset, header->source, header->destination, is_fragment);
}

void Describer::Upper(IpProtocol protocol, Bytes bytes, size_t offset, const IpAddress& source,
                      const IpAddress& destination, bool is_fragment) {
  switch (protocol) {
    case IpProtocol::kUdp:
      return Udp(bytes, offset, source, destination, is_fragment);
    case IpProtocol::kIcmp:
    case IpProtocol::kIcmpv6:
      if (!is_fragment) return Icmp(bytes, offset, source, destination);
      break;
    case IpProtocol::kTcp:
      if (!is_fragment) return Tcp(bytes, offset, source, destination);
      break;
    case IpProtocol::kSctp:
      if (!is_fragment) return DescribeSctp(bytes, offset, tree_);
      break;
    default:
      break;
  }
  Line(0, offset, bytes.size(), absl::StrCat(ProtocolName(protocol), ", ", bytes.size(), " bytes"));
}

void Describer::Udp(Bytes bytes, size_t offset, const IpAddress& source,
                    const IpAddress& destination, bool is_fragment) {
  const auto header = UdpHeader::Read(bytes);
  static constexpr TraceLabel kTooShort{"truncated_udp", "RFC 768: shorter than its header"};
  if (!header) return Broken(kTooShort, offset, bytes.size());
  Line(0, offset, UdpHeader::kSize,
       absl::StrCat("UDP ", header->source_port, " > ", header->destination_port));
  Line(1, offset + 4, 2, absl::StrCat("length ", header->length));
  if (is_fragment) {
    Line(1, offset + 6, 2,
         absl::StrFormat("checksum 0x%04x, over all fragments", header->checksum));
    return;
  }
  BufferPool pool;
  Packet packet = Packet::Allocate(pool, 0, bytes.size());
  std::copy(bytes.begin(), bytes.end(), packet.mutable_bytes().begin());
  const TraceLabel* why = nullptr;
  const bool right = UdpHeader::Parse(packet, source, destination, &why).has_value();
  Line(1, offset + 6, 2,
       absl::StrFormat("checksum 0x%04x, %s", header->checksum,
                       right ? (header->checksum == 0 ? "none" : "right") : "not verified"));
  if (!right) return Broken(*why, offset, bytes.size());
  const Bytes payload = bytes.subspan(UdpHeader::kSize, header->length - UdpHeader::kSize);
  if (header->source_port == sctp::kUdpTunnellingPort ||
      header->destination_port == sctp::kUdpTunnellingPort) {
    return DescribeSctp(payload, offset + UdpHeader::kSize, tree_);
  }
  const absl::string_view text(reinterpret_cast<const char*>(payload.data()), payload.size());
  const absl::string_view line = text.substr(0, text.find('\n'));
  if (absl::StartsWith(line, "SIP/") || absl::StrContains(line, " SIP/")) {
    return Sip(payload, offset + UdpHeader::kSize);
  }
  Line(0, offset + UdpHeader::kSize, payload.size(),
       absl::StrCat(payload.size(), " bytes of data"));
}

void Describer::Icmp(Bytes bytes, size_t offset, const IpAddress& source,
                     const IpAddress& destination) {
  static constexpr TraceLabel kBad{"bad_icmp_checksum", "RFC 792, RFC 4443 2.3: checksum is wrong"};
  const auto message = IcmpMessage::Parse(bytes, 0, source, destination);
  Line(0, offset, bytes.size(), source.is_v6() ? "ICMPv6" : "ICMP");
  static constexpr TraceLabel kTooShort{"truncated_icmp",
                                        "RFC 792, RFC 4443 2.1: shorter than its header"};
  if (!message) {
    return Broken(bytes.size() < IcmpMessage::kHeaderSize ? kTooShort : kBad, offset, bytes.size());
  }
  Line(1, offset, 2, absl::StrCat("type ", bytes[0], ", code ", bytes[1]));
  Line(1, offset + 2, 2, absl::StrFormat("checksum 0x%02x%02x, right", bytes[2], bytes[3]));
  if (message->kind == IcmpMessage::Kind::kError) {
    Line(1, offset + IcmpMessage::kHeaderSize, message->payload.size(),
         absl::StrCat("quotes ", message->payload.size(), " bytes of the packet in error"));
  }
}

void Describer::Tcp(Bytes bytes, size_t offset, const IpAddress& source,
                    const IpAddress& destination) {
  static constexpr TraceLabel kTooShort{"truncated_tcp", "RFC 9293 3.1: shorter than its header"};
  if (bytes.size() < tcp::TcpHeader::kSize) return Broken(kTooShort, offset, bytes.size());
  const tcp::TcpHeader header = *tcp::TcpHeader::Read(bytes);
  BufferPool pool;
  Packet packet = Packet::Allocate(pool, 0, bytes.size());
  std::copy(bytes.begin(), bytes.end(), packet.mutable_bytes().begin());
  const TraceLabel* why = nullptr;
  const bool right = tcp::TcpHeader::Parse(packet, source, destination, &why).has_value();
  Line(0, offset, std::min(bytes.size(), std::max(header.header_bytes(), tcp::TcpHeader::kSize)),
       absl::StrCat("TCP ", header.source_port, " > ", header.destination_port));
  Line(1, offset + 4, 4, absl::StrCat("sequence number ", header.sequence));
  Line(1, offset + 8, 4, absl::StrCat("acknowledgment number ", header.acknowledgment));
  Line(1, offset + 12, 1, absl::StrCat("header length ", header.header_bytes()));
  Line(1, offset + 13, 1, absl::StrCat("flags ", tcp::FlagNames(header.flags)));
  Line(1, offset + 14, 2, absl::StrCat("window ", header.window, ", unscaled"));
  Line(1, offset + 16, 2,
       absl::StrFormat("checksum 0x%04x, %s", header.checksum, right ? "right" : "not verified"));
  Line(1, offset + 18, 2, absl::StrCat("urgent pointer ", header.urgent_pointer));
  if (!right) return Broken(*why, offset, bytes.size());
  TcpOptionLines(
      bytes.subspan(tcp::TcpHeader::kSize, header.header_bytes() - tcp::TcpHeader::kSize),
      offset + tcp::TcpHeader::kSize);
  const size_t data = bytes.size() - header.header_bytes();
  if (data > 0) Line(0, offset + header.header_bytes(), data, absl::StrCat(data, " bytes of data"));
}

void Describer::TcpOptionLines(Bytes bytes, size_t offset) {
  const tcp::TcpOptions options = tcp::TcpOptions::Parse(bytes);
  const auto line = [&](std::string text) { Line(1, offset, bytes.size(), std::move(text)); };
  if (options.mss) line(absl::StrCat("option: maximum segment size ", *options.mss));
  if (options.window_scale) {
    line(absl::StrCat("option: window scale ", static_cast<int>(*options.window_scale)));
  }
  if (options.sack_permitted) line("option: SACK permitted");
  if (options.timestamps) {
    line(absl::StrCat("option: timestamps, value ", options.timestamps->value, ", echo reply ",
                      options.timestamps->echo_reply));
  }
  for (size_t i = 0; i < options.sack_count; ++i) {
    line(absl::StrCat("option: SACK ", options.sack[i].left, "-", options.sack[i].right));
  }
  if (options.unknown_count > 0) {
    line(absl::StrCat(static_cast<int>(options.unknown_count), " unknown options"));
  }
  if (options.malformed != nullptr) Broken(*options.malformed, offset, 0);
}

void Describer::Sip(Bytes bytes, size_t offset) {
  const sip::ParseResult parsed = sip::SipMessage::Parse(std::string(bytes.begin(), bytes.end()));
  for (const sip::TreeLine& line : sip::DescribeTree(parsed.message)) {
    Line(line.depth, offset + line.offset, line.length, line.text);
  }
  for (const sip::Violation& violation : sip::AllViolations(parsed)) {
    tree_.violations.push_back({absl::StrCat(violation.rule->section, ": ", violation.rule->text),
                                std::string(violation.rule->id), offset + violation.offset});
  }
}

PacketTree Describer::Run(Bytes bytes) {
  static constexpr TraceLabel kNeither{"bad_version", "neither IPv4 nor IPv6"};
  if (!bytes.empty() && bytes[0] >> 4 == 4) {
    V4(bytes);
  } else if (!bytes.empty() && bytes[0] >> 4 == 6) {
    V6(bytes);
  } else {
    Broken(kNeither, 0, bytes.size());
  }
  return std::move(tree_);
}

}  // namespace

PacketTree DescribePacket(std::span<const uint8_t> bytes) { return Describer().Run(bytes); }

}  // namespace tickwire
