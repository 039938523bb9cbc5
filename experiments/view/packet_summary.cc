#include "experiments/view/packet_summary.h"

#include "absl/strings/str_cat.h"
#include "experiments/view/printable.h"
#include "experiments/view/sctp_flow_view.h"
#include "experiments/view/tcp_flow_view.h"
#include "protocols/ip/icmp.h"
#include "protocols/sip/message/fields.h"

namespace tickwire {
namespace {

std::string TextField(const sip::SipMessage& message, sip::FieldId id) {
  const auto value = sip::Field(message, id);
  if (!value) return "?";
  return value->kind == sip::FieldKind::kText ? std::string(value->text)
                                              : absl::StrCat(value->number);
}

// RFC 3551 §6, the ones that people know; else the number.
std::string PayloadName(uint8_t payload_type) {
  switch (payload_type) {
    case 0:
      return "PCMU";
    case 8:
      return "PCMA";
    case 18:
      return "G729";
    default:
      return absl::StrCat("PT ", static_cast<int>(payload_type));
  }
}

std::string SummarizeIcmp(match::PacketSource& packet) {
  const bool v6 = packet.ip().source.is_v6();
  const auto message =
      IcmpMessage::Parse(packet.payload(), 0, packet.ip().source, packet.ip().destination);
  const std::string name = v6 ? "ICMPv6 " : "ICMP ";
  if (!message || message->kind == IcmpMessage::Kind::kOther) {
    return absl::StrCat(name, "type ", packet.icmp()->first, " code ", packet.icmp()->second);
  }
  if (message->kind == IcmpMessage::Kind::kEchoRequest) return name + "echo request";
  if (message->kind == IcmpMessage::Kind::kEchoReply) return name + "echo reply";
  switch (message->error) {
    case IcmpErrorKind::kNetworkUnreachable:
      return name + "network unreachable";
    case IcmpErrorKind::kHostUnreachable:
      return name + "host unreachable";
    case IcmpErrorKind::kProtocolUnreachable:
      return name + "protocol unreachable";
    case IcmpErrorKind::kPortUnreachable:
      return name + "port unreachable";
    case IcmpErrorKind::kPacketTooBig:
      return absl::StrCat(name, v6 ? "packet too big, MTU " : "fragmentation needed, MTU ",
                          message->mtu(v6));
    case IcmpErrorKind::kTtlExceeded:
      return name + (v6 ? "hop limit exceeded" : "TTL exceeded");
    case IcmpErrorKind::kReassemblyTimeout:
      return name + "reassembly time exceeded";
  }
  return name;
}

}  // namespace

std::string SummarizeSip(const sip::SipMessage& message) {
  if (message.is_request()) {
    return absl::StrCat(TextField(message, sip::FieldId::kMethod), " ",
                        TextField(message, sip::FieldId::kRequestUri));
  }
  return absl::StrCat(TextField(message, sip::FieldId::kStatus), " ",
                      TextField(message, sip::FieldId::kReason), " (",
                      TextField(message, sip::FieldId::kCSeqMethod), ")");
}

std::string Summarize(match::PacketSource& packet) {
  if (!packet.is_ip()) return "not an IP packet";
  if (const sip::SipMessage* message = packet.sip()) return Printable(SummarizeSip(*message));
  if (const dns::Message* message = packet.dns()) return Printable(message->Summary());
  if (packet.fragment_offset() > 0) {
    return absl::StrCat("fragment at ", packet.fragment_offset(), " of datagram ",
                        packet.identification());
  }
  std::string text;
  if (const auto rtp = packet.rtp()) {
    return absl::StrCat("RTP ", PayloadName(rtp->payload_type), " SSRC ",
                        absl::Hex(rtp->ssrc, absl::kZeroPad8), " #", rtp->sequence);
  }
  if (const auto rtcp = packet.rtcp()) {
    return absl::StrCat("RTCP ", rtcp->sender ? "SR" : "RR", rtcp->has_bye ? " BYE" : "", " SSRC ",
                        absl::Hex(rtcp->ssrc, absl::kZeroPad8));
  }
  if (packet.sctp()) return absl::StrCat("SCTP ", SummarizeSctp(packet, 0, 0));
  if (packet.udp()) {
    const size_t size = packet.udp()->length - std::min<size_t>(packet.udp()->length, 8);
    text = absl::StrCat("UDP ", packet.udp()->source_port, ">", packet.udp()->destination_port,
                        ", ", size, " bytes");
  } else if (packet.tcp()) {
    text = absl::StrCat("TCP ", packet.tcp()->source_port, ">", packet.tcp()->destination_port,
                        ", ", SummarizeTcp(packet, 0, 0));
  } else if (packet.icmp()) {
    text = SummarizeIcmp(packet);
  } else {
    text = absl::StrCat("IP protocol ", static_cast<int>(packet.ip().protocol));
  }
  return packet.is_fragment() ? absl::StrCat(text, ", first fragment") : text;
}

}  // namespace tickwire
