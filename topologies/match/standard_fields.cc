#include "topologies/match/standard_fields.h"

#include <iterator>
#include <vector>

#include "protocols/sip/message/fields.h"

namespace tickwire::match {
namespace {

using enum FieldKind;

// As sctp::ChunkTypeName() has them, in words of the language.
constexpr absl::string_view kSctpChunkTypes[] = {"DATA",
                                                 "INIT",
                                                 "INIT_ACK",
                                                 "SACK",
                                                 "HEARTBEAT",
                                                 "HEARTBEAT_ACK",
                                                 "ABORT",
                                                 "SHUTDOWN",
                                                 "SHUTDOWN_ACK",
                                                 "ERROR",
                                                 "COOKIE_ECHO",
                                                 "COOKIE_ACK",
                                                 "SHUTDOWN_COMPLETE",
                                                 "AUTH",
                                                 "I-DATA",
                                                 "ASCONF-ACK",
                                                 "RE-CONFIG",
                                                 "PAD",
                                                 "FORWARD-TSN",
                                                 "ASCONF",
                                                 "I-FORWARD-TSN"};

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
    {"sctp.srcport", kNumber, "source port"},
    {"sctp.dstport", kNumber, "destination port"},
    {"sctp.verification_tag", kNumber, "verification tag of the common header (RFC 9260 §3.1)"},
    {"sctp.chunk_count", kNumber, "chunks bundled in the packet"},
    {"sctp.chunk_type", kText,
     "DATA, INIT, INIT_ACK, SACK, SHUTDOWN_COMPLETE, ...; of any chunk, as all below",
     kSctpChunkTypes},
    {"sctp.chunk_type_number", kNumber, "the same as its number (RFC 9260 §3.2)"},
    {"sctp.chunk_flags", kNumber, "flags of a chunk"},
    {"sctp.chunk_length", kNumber, "length of a chunk in bytes, header included, padding not"},
    {"sctp.parameter_type", kNumber,
     "type of a parameter of INIT, INIT ACK, HEARTBEAT, RE-CONFIG, ASCONF"},
    {"sctp.cause_code", kNumber, "cause code in an ABORT or ERROR (RFC 9260 §3.3.10)"},
    {"sctp.data_tsn", kNumber, "TSN of DATA or I-DATA, as on the wire"},
    {"sctp.data_sid", kNumber, "stream identifier of DATA or I-DATA"},
    {"sctp.data_ssn", kNumber, "stream sequence number of DATA"},
    {"sctp.data_mid", kNumber, "message identifier of I-DATA (RFC 8260 §2.1)"},
    {"sctp.data_fsn", kNumber, "fragment sequence number of I-DATA that is no first fragment"},
    {"sctp.data_payload_proto_id", kNumber, "payload protocol identifier"},
    {"sctp.data_length", kNumber, "bytes of user data in a DATA or I-DATA"},
    {"sctp.data_i_bit", kBool, "I bit: acknowledge at once (RFC 7053)"},
    {"sctp.data_u_bit", kBool, "U bit: unordered"},
    {"sctp.data_b_bit", kBool, "B bit: the first fragment"},
    {"sctp.data_e_bit", kBool, "E bit: the last fragment"},
    {"sctp.init_initiate_tag", kNumber, "initiate tag of INIT"},
    {"sctp.init_credit", kNumber, "a_rwnd of INIT"},
    {"sctp.init_nr_out_streams", kNumber, "outbound streams of INIT"},
    {"sctp.init_nr_in_streams", kNumber, "inbound streams of INIT"},
    {"sctp.init_initial_tsn", kNumber, "initial TSN of INIT"},
    {"sctp.initack_initiate_tag", kNumber, "initiate tag of INIT ACK"},
    {"sctp.initack_credit", kNumber, "a_rwnd of INIT ACK"},
    {"sctp.initack_nr_out_streams", kNumber, "outbound streams of INIT ACK"},
    {"sctp.initack_nr_in_streams", kNumber, "inbound streams of INIT ACK"},
    {"sctp.initack_initial_tsn", kNumber, "initial TSN of INIT ACK"},
    {"sctp.sack_cumulative_tsn_ack", kNumber, "cumulative TSN ack of SACK, as on the wire"},
    {"sctp.sack_a_rwnd", kNumber, "a_rwnd of SACK"},
    {"sctp.sack_number_of_gap_blocks", kNumber, "gap ack blocks of SACK"},
    {"sctp.sack_gap_block_start", kNumber, "start of a gap ack block, from the cumulative TSN ack"},
    {"sctp.sack_gap_block_end", kNumber, "end of a gap ack block, from the cumulative TSN ack"},
    {"sctp.sack_number_of_duplicated_tsns", kNumber, "duplicate TSNs that a SACK reports"},
    {"sctp.sack_duplicate_tsn", kNumber, "a duplicate TSN that a SACK reports"},
    {"sctp.abort_t_bit", kBool, "T bit of ABORT: the tag is reflected (RFC 9260 §8.4)"},
    {"sctp.shutdown_complete_t_bit", kBool, "T bit of SHUTDOWN COMPLETE"},
    {"sctp.shutdown_cumulative_tsn_ack", kNumber, "cumulative TSN ack of SHUTDOWN"},
    {"sctp.forward_tsn_tsn", kNumber, "new cumulative TSN of FORWARD-TSN or I-FORWARD-TSN"},
    {"sctp.asconf_seq_nr", kNumber, "sequence number of ASCONF (RFC 5061 §4.1.1)"},
    {"sctp.asconf_ack_seq_nr", kNumber, "sequence number of ASCONF-ACK"},
};
static_assert(std::size(kPacketFields) ==
              static_cast<size_t>(PacketField::kSctpAsconfAckNumber) + 1);

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
