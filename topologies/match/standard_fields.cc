#include "topologies/match/standard_fields.h"

#include <iterator>
#include <vector>

#include "protocols/sip/message/fields.h"

namespace tickwire::match {
namespace {

using enum FieldKind;

constexpr FieldInfo kPacketFields[] = {
    {"frame.len", kNumber, "bytes of the whole IP packet as this link carries it"},
    {"ip.version", kNumber, "4 or 6"},
    {"ip.src", kAddress, "source address, or the name of its node"},
    {"ip.dst", kAddress, "destination address, or the name of its node"},
    {"ip.ttl", kNumber, "time to live (RFC 791 §3.1), or hop limit (RFC 8200 §3)"},
    {"ip.proto", kNumber, "protocol number of the payload: 1 ICMP, 6 TCP, 17 UDP, 58 ICMPv6"},
    {"ip.len", kNumber, "length of the IP packet in bytes, header included"},
    {"ip.dscp", kNumber, "differentiated services code point (RFC 2474 §3)"},
    {"ip.ecn", kNumber, "ECN field (RFC 3168 §5): 0 Not-ECT, 1 ECT(1), 2 ECT(0), 3 CE"},
    {"ip.fragment", kBool, "a fragment, the first one included"},
    {"icmp.type", kNumber, "ICMP or ICMPv6 type"},
    {"icmp.code", kNumber, "ICMP or ICMPv6 code"},
    {"udp.srcport", kNumber, "source port"},
    {"udp.dstport", kNumber, "destination port"},
    {"udp.len", kNumber, "length of the UDP datagram in bytes, header included"},
    {"dns.id", kNumber, "identifier of a DNS query and its response (RFC 1035 §4.1.1)"},
    {"dns.is_response", kBool, "a DNS response, not a query"},
    {"dns.qname", kText, "name that is asked for, in lower case without the last dot"},
    {"dns.qtype", kText, "type that is asked for: A, AAAA, SRV, NAPTR, ..."},
    {"dns.rcode", kText, "response code: NOERROR, NXDOMAIN, SERVFAIL, REFUSED, ..."},
    {"dns.answers", kNumber, "records in the answer section"},
    {"rtp.ssrc", kNumber, "synchronization source of an RTP packet (RFC 3550 §5.1)"},
    {"rtp.seq", kNumber, "sequence number of an RTP packet"},
    {"rtp.timestamp", kNumber, "timestamp of an RTP packet, in units of its codec"},
    {"rtp.pt", kNumber, "payload type of an RTP packet: 0 PCMU, 8 PCMA (RFC 3551 §6)"},
    {"rtp.marker", kBool, "marker bit of an RTP packet: the first of a talk spurt"},
    {"rtcp.pt", kNumber, "first packet of an RTCP compound: 200 SR, 201 RR (RFC 3550 §6)"},
};
static_assert(std::size(kPacketFields) == static_cast<size_t>(PacketField::kRtcpType) + 1);

FieldKind KindOf(sip::FieldKind kind) {
  switch (kind) {
    case sip::FieldKind::kNumber:
      return kNumber;
    case sip::FieldKind::kText:
      return kText;
    case sip::FieldKind::kBool:
      return kBool;
  }
  return kText;
}

}  // namespace

std::span<const FieldInfo> PacketFields() { return kPacketFields; }

const FieldTable& StandardFieldTable() {
  static const FieldTable& table = *[] {
    auto* built = new FieldTable;
    built->Add(kPacketFields);
    std::vector<FieldInfo> sip_fields;
    for (const sip::FieldInfo& field : sip::AllFields()) {
      sip_fields.push_back({field.name, KindOf(field.kind), field.doc});
    }
    built->Add(sip_fields);
    return built;
  }();
  return table;
}

}  // namespace tickwire::match
