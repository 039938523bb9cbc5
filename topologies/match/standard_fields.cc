#include "topologies/match/standard_fields.h"

#include <iterator>

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
};
static_assert(std::size(kPacketFields) == static_cast<size_t>(PacketField::kUdpLength) + 1);

// To be replaced by the table of protocols/sip/message/fields.h, which has the same names.
constexpr FieldInfo kSipFields[] = {
    {"sip", kBool, "a SIP message"},
    {"sip.request", kBool, "a request"},
    {"sip.response", kBool, "a response"},
    {"sip.method", kText, "method of a request"},
    {"sip.status", kNumber, "status code of a response"},
    {"sip.call_id", kText, "Call-ID"},
    {"cseq.number", kNumber, "number in CSeq"},
    {"cseq.method", kText, "method in CSeq"},
    {"via.branch", kText, "branch of the topmost Via"},
};

}  // namespace

std::span<const FieldInfo> PacketFields() { return kPacketFields; }

const FieldTable& StandardFieldTable() {
  static const FieldTable& table = *[] {
    auto* built = new FieldTable;
    built->Add(kPacketFields);
    built->Add(kSipFields);
    return built;
  }();
  return table;
}

}  // namespace tickwire::match
