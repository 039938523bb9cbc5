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
    {"tcp.srcport", kNumber, "source port"},
    {"tcp.dstport", kNumber, "destination port"},
    {"tcp.seq_raw", kNumber, "sequence number as on the wire (RFC 9293 §3.1)"},
    {"tcp.ack_raw", kNumber, "acknowledgment number as on the wire; absent without ACK"},
    {"tcp.len", kNumber, "payload bytes of a TCP segment"},
    {"tcp.hdr_len", kNumber, "bytes of the TCP header with its options"},
    {"tcp.flags", kNumber, "control bits as one number: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, ..."},
    {"tcp.flags.fin", kBool, "FIN is set"},
    {"tcp.flags.syn", kBool, "SYN is set"},
    {"tcp.flags.reset", kBool, "RST is set"},
    {"tcp.flags.push", kBool, "PSH is set"},
    {"tcp.flags.ack", kBool, "ACK is set"},
    {"tcp.flags.urg", kBool, "URG is set"},
    {"tcp.flags.ece", kBool, "ECE is set (RFC 3168 §6.1)"},
    {"tcp.flags.cwr", kBool, "CWR is set (RFC 3168 §6.1)"},
    {"tcp.window_size_value", kNumber, "window field, unscaled"},
    {"tcp.urgent_pointer", kNumber, "urgent pointer"},
    {"tcp.options.mss_val", kNumber, "maximum segment size option"},
    {"tcp.options.wscale.shift", kNumber, "window scale option (RFC 7323 §2.2)"},
    {"tcp.options.sack_perm", kBool, "SACK-permitted option (RFC 2018 §2)"},
    {"tcp.options.sack.count", kNumber, "blocks of the SACK option; absent without it"},
    {"tcp.options.sack_le", kNumber, "left edge of the first SACK block, as on the wire"},
    {"tcp.options.sack_re", kNumber, "right edge of the first SACK block, as on the wire"},
    {"tcp.options.timestamp.tsval", kNumber, "TSval of the timestamps option (RFC 7323 §3.2)"},
    {"tcp.options.timestamp.tsecr", kNumber, "TSecr of the timestamps option"},
};
static_assert(std::size(kPacketFields) == static_cast<size_t>(PacketField::kTcpTimestampEcho) + 1);

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
