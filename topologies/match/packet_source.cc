#include "topologies/match/packet_source.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "protocols/ip/ipv4_header.h"
#include "protocols/ip/ipv6_header.h"
#include "protocols/sctp/packet/any_chunk.h"
#include "topologies/match/message_source.h"
#include "topologies/match/sctp_fields.h"
#include "topologies/match/standard_fields.h"

namespace tickwire::match {
namespace {

// The first line of a SIP message begins or ends with its version (RFC 3261 sections 7.1, 7.2).
bool LooksLikeSip(absl::string_view text) {
  const absl::string_view line = text.substr(0, text.find('\n'));
  return absl::StartsWithIgnoreCase(line, "SIP/") || absl::StrContains(line, " SIP/");
}

// The user data of the first DATA or I-DATA chunk with which a message begins.
std::span<const uint8_t> FirstMessage(std::span<const uint8_t> chunks) {
  while (const auto view = sctp::TakeChunk(chunks)) {
    if (view->type == sctp::DataChunk::kType) {
      const auto data = sctp::DataChunk::Parse(*view);
      if (data && data->begin) return data->data;
    } else if (view->type == sctp::IDataChunk::kType) {
      const auto data = sctp::IDataChunk::Parse(*view);
      if (data && data->begin) return data->data;
    }
  }
  return {};
}

}  // namespace

PacketSource::PacketSource(std::span<const uint8_t> bytes, uint32_t zeros)
    : wire_size_(static_cast<uint32_t>(bytes.size()) + zeros) {
  if (bytes.empty()) return;
  if (bytes[0] >> 4 == 4) DecodeV4(bytes);
  if (bytes[0] >> 4 == 6) DecodeV6(bytes);
  if (ip_) DecodeTransport();
}

void PacketSource::DecodeV4(std::span<const uint8_t> bytes) {
  const TraceLabel* why = nullptr;
  const auto header = Ipv4Header::Parse(bytes, wire_size_, &why);
  if (!header) return;
  ip_ = IpDatagram{header->source, header->destination, header->protocol,
                   header->ttl,    header->dscp,        header->ecn};
  ip_length_ = header->total_length;
  fragment_ = header->is_fragment();
  fragment_offset_ = header->fragment_offset;
  identification_ = header->identification;
  payload_ = bytes.subspan(header->header_size,
                           std::min<size_t>(bytes.size(), ip_length_) - header->header_size);
  payload_size_ = ip_length_ - static_cast<uint32_t>(header->header_size);
}

void PacketSource::DecodeV6(std::span<const uint8_t> bytes) {
  const TraceLabel* why = nullptr;
  const auto header = Ipv6Header::Parse(bytes, wire_size_, &why);
  if (!header) return;
  ip_ = IpDatagram{header->source,    header->destination, header->next_header,
                   header->hop_limit, header->dscp,        header->ecn};
  ip_length_ = static_cast<uint32_t>(Ipv6Header::kSize) + header->payload_length;
  payload_ = bytes.subspan(Ipv6Header::kSize,
                           std::min<size_t>(bytes.size(), ip_length_) - Ipv6Header::kSize);
  payload_size_ = header->payload_length;
  if (header->next_header != IpProtocol::kIpv6Fragment) return;
  const auto fragment = Ipv6FragmentHeader::Parse(payload_);
  if (!fragment) return;
  ip_->protocol = fragment->next_header;
  fragment_ = true;
  fragment_offset_ = fragment->fragment_offset;
  identification_ = fragment->identification;
  payload_ = payload_.subspan(Ipv6FragmentHeader::kSize);
  payload_size_ -= static_cast<uint32_t>(Ipv6FragmentHeader::kSize);
}

void PacketSource::DecodeTransport() {
  if (fragment_offset_ != 0) return;
  if (ip_->protocol == IpProtocol::kUdp) {
    udp_ = UdpHeader::Read(payload_);
    if (!udp_) return;
    payload_ = payload_.subspan(UdpHeader::kSize);
    payload_size_ -= static_cast<uint32_t>(UdpHeader::kSize);
  }
  if (fragment_) return;
  if (ip_->protocol == IpProtocol::kTcp) DecodeTcp();
  const bool is_sctp_in_udp = udp_ && (udp_->source_port == sctp::kUdpTunnellingPort ||
                                       udp_->destination_port == sctp::kUdpTunnellingPort);
  if (ip_->protocol == IpProtocol::kSctp || is_sctp_in_udp) DecodeSctp();
}

void PacketSource::DecodeTcp() {
  if (payload_.size() < tcp::TcpHeader::kSize) return;
  const tcp::TcpHeader header = *tcp::TcpHeader::Read(payload_);
  const size_t size = header.header_bytes();
  if (size < tcp::TcpHeader::kSize || size > payload_.size()) return;
  tcp_ = header;
  tcp_option_bytes_ = payload_.subspan(tcp::TcpHeader::kSize, size - tcp::TcpHeader::kSize);
  payload_ = payload_.subspan(size);
  payload_size_ -= static_cast<uint32_t>(size);
}

void PacketSource::DecodeSctp() {
  if (payload_.size() < sctp::CommonHeader::kSize) return;
  sctp_ = sctp::CommonHeader::Read(payload_);
  payload_ = payload_.subspan(sctp::CommonHeader::kSize);
  payload_size_ -= static_cast<uint32_t>(sctp::CommonHeader::kSize);
}

std::optional<std::pair<uint8_t, uint8_t>> PacketSource::icmp() const {
  const bool is_icmp =
      ip_ && (ip_->protocol == IpProtocol::kIcmp || ip_->protocol == IpProtocol::kIcmpv6);
  if (!is_icmp || fragment_offset_ != 0 || payload_.size() < 2) return std::nullopt;
  return std::pair(payload_[0], payload_[1]);
}

const sip::SipMessage* PacketSource::sip() {
  if (!sip_tried_) {
    sip_tried_ = true;
    const std::span<const uint8_t> bytes = sctp_ ? FirstMessage(payload_) : payload_;
    const absl::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if ((udp_ || tcp_ || sctp_) && !fragment_ && LooksLikeSip(text)) {
      sip_ = sip::SipMessage::Parse(std::string(text)).message;
    }
  }
  return sip_ ? &*sip_ : nullptr;
}

const dns::Message* PacketSource::dns() {
  if (!dns_tried_) {
    dns_tried_ = true;
    if (udp_ && !fragment_ &&
        (udp_->source_port == dns::kPort || udp_->destination_port == dns::kPort)) {
      dns_ = dns::Message::Parse(payload_);
    }
  }
  return dns_ ? &*dns_ : nullptr;
}

std::optional<FieldValue> PacketSource::GetDnsField(uint16_t field) {
  const dns::Message* const message = dns();
  if (message == nullptr) return std::nullopt;
  const bool has_question = !message->questions.empty();
  switch (static_cast<PacketField>(field)) {
    case PacketField::kDnsId:
      return int64_t{message->id};
    case PacketField::kDnsIsResponse:
      return message->is_response;
    case PacketField::kDnsName:
      if (!has_question) return std::nullopt;
      return absl::string_view(message->questions[0].name);
    case PacketField::kDnsType:
      if (!has_question) return std::nullopt;
      text_ = dns::RecordTypeName(message->questions[0].type);
      return absl::string_view(text_);
    case PacketField::kDnsRcode:
      if (!message->is_response) return std::nullopt;
      text_ = dns::RcodeName(message->rcode);
      return absl::string_view(text_);
    case PacketField::kDnsAnswers:
      return static_cast<int64_t>(message->answers.size());
    default:
      return std::nullopt;
  }
}

bool PacketSource::IsBetweenMediaPorts() const {
  return udp_ && !fragment_ && udp_->source_port >= 1024 && udp_->destination_port >= 1024;
}

std::optional<rtp::RtpHeader> PacketSource::rtp() const {
  if (!IsBetweenMediaPorts() || udp_->destination_port % 2 != 0) return std::nullopt;
  const std::optional<rtp::RtpPacket> packet = rtp::ParseRtp(payload_);
  if (!packet) return std::nullopt;
  return packet->header;
}

std::optional<rtp::RtcpCompound> PacketSource::rtcp() const {
  if (!IsBetweenMediaPorts() || udp_->destination_port % 2 != 1) return std::nullopt;
  return rtp::ParseRtcp(payload_);
}

std::optional<FieldValue> PacketSource::GetMediaField(PacketField field) const {
  if (field == PacketField::kRtcpType) {
    const std::optional<rtp::RtcpCompound> compound = rtcp();
    if (!compound) return std::nullopt;
    return int64_t{compound->sender.has_value() ? 200 : 201};
  }
  const std::optional<rtp::RtpHeader> header = rtp();
  if (!header) return std::nullopt;
  switch (field) {
    case PacketField::kRtpSsrc:
      return int64_t{header->ssrc};
    case PacketField::kRtpSequence:
      return int64_t{header->sequence};
    case PacketField::kRtpTimestamp:
      return int64_t{header->timestamp};
    case PacketField::kRtpPayloadType:
      return int64_t{header->payload_type};
    case PacketField::kRtpMarker:
      return header->marker;
    default:
      return std::nullopt;
  }
}

std::optional<FieldValue> PacketSource::GetTcpField(PacketField field) const {
  using tcp::TcpHeader;
  if (!tcp_) return std::nullopt;
  const TcpHeader& header = *tcp_;
  switch (field) {
    case PacketField::kTcpSourcePort:
      return int64_t{header.source_port};
    case PacketField::kTcpDestinationPort:
      return int64_t{header.destination_port};
    case PacketField::kTcpSequence:
      return int64_t{header.sequence};
    case PacketField::kTcpAcknowledgment:
      if (!header.has(TcpHeader::kAck)) return std::nullopt;
      return int64_t{header.acknowledgment};
    case PacketField::kTcpLength:
      return int64_t{payload_size_};
    case PacketField::kTcpHeaderLength:
      return static_cast<int64_t>(header.header_bytes());
    case PacketField::kTcpFlags:
      return int64_t{header.flags};
    case PacketField::kTcpFin:
      return header.has(TcpHeader::kFin);
    case PacketField::kTcpSyn:
      return header.has(TcpHeader::kSyn);
    case PacketField::kTcpReset:
      return header.has(TcpHeader::kRst);
    case PacketField::kTcpPush:
      return header.has(TcpHeader::kPsh);
    case PacketField::kTcpAck:
      return header.has(TcpHeader::kAck);
    case PacketField::kTcpUrgent:
      return header.has(TcpHeader::kUrg);
    case PacketField::kTcpEce:
      return header.has(TcpHeader::kEce);
    case PacketField::kTcpCwr:
      return header.has(TcpHeader::kCwr);
    case PacketField::kTcpWindow:
      return int64_t{header.window};
    case PacketField::kTcpUrgentPointer:
      return int64_t{header.urgent_pointer};
    default:
      return GetTcpOptionField(field);
  }
}

std::optional<FieldValue> PacketSource::GetTcpOptionField(PacketField field) const {
  const tcp::TcpOptions options = tcp_options();
  switch (field) {
    case PacketField::kTcpMss:
      if (!options.mss) return std::nullopt;
      return int64_t{*options.mss};
    case PacketField::kTcpWindowScale:
      if (!options.window_scale) return std::nullopt;
      return int64_t{*options.window_scale};
    case PacketField::kTcpSackPermitted:
      return options.sack_permitted;
    case PacketField::kTcpSackCount:
      if (options.sack_count == 0) return std::nullopt;
      return int64_t{options.sack_count};
    case PacketField::kTcpSackLeft:
      if (options.sack_count == 0) return std::nullopt;
      return int64_t{options.sack[0].left};
    case PacketField::kTcpSackRight:
      if (options.sack_count == 0) return std::nullopt;
      return int64_t{options.sack[0].right};
    case PacketField::kTcpTimestampValue:
      if (!options.timestamps) return std::nullopt;
      return int64_t{options.timestamps->value};
    case PacketField::kTcpTimestampEcho:
      if (!options.timestamps) return std::nullopt;
      return int64_t{options.timestamps->echo_reply};
    default:
      return std::nullopt;
  }
}

std::optional<FieldValue> PacketSource::Get(FieldId field) {
  if (field.value < PacketFields().size()) return GetPacketField(field.value);
  const sip::SipMessage* const message = sip();
  return message == nullptr ? std::nullopt : SipValue(*message, field);
}

bool PacketSource::Any(FieldId field, absl::FunctionRef<bool(const FieldValue&)> holds) {
  const PacketField which = static_cast<PacketField>(field.value);
  if (which < PacketField::kSctpSourcePort || field.value >= PacketFields().size()) {
    return FieldSource::Any(field, holds);
  }
  return sctp_ && AnySctpValue(*sctp_, payload_, which, holds);
}

// The first of its values.
std::optional<FieldValue> PacketSource::GetSctpField(PacketField field) {
  std::optional<FieldValue> first;
  if (!sctp_) return first;
  AnySctpValue(*sctp_, payload_, field, [&](const FieldValue& value) {
    first = value;
    if (const auto* text = std::get_if<absl::string_view>(&value)) {
      text_ = std::string(*text);
      first = absl::string_view(text_);
    }
    return true;
  });
  return first;
}

std::optional<FieldValue> PacketSource::GetPacketField(uint16_t field) {
  const PacketField which = static_cast<PacketField>(field);
  if (which == PacketField::kFrameLength) return int64_t{wire_size_};
  if (which >= PacketField::kSctpSourcePort) return GetSctpField(which);
  if (which >= PacketField::kTcpSourcePort) return GetTcpField(which);
  if (which >= PacketField::kRtpSsrc) return GetMediaField(which);
  if (which >= PacketField::kDnsId) return GetDnsField(field);
  if (!ip_) return std::nullopt;
  switch (which) {
    case PacketField::kFrameLength:
      break;
    case PacketField::kIpVersion:
      return int64_t{ip_->source.is_v4() ? 4 : 6};
    case PacketField::kIpSource:
      text_ = ip_->source.ToString();
      return absl::string_view(text_);
    case PacketField::kIpDestination:
      text_ = ip_->destination.ToString();
      return absl::string_view(text_);
    case PacketField::kIpTtl:
      return int64_t{ip_->ttl};
    case PacketField::kIpProtocol:
      return static_cast<int64_t>(ip_->protocol);
    case PacketField::kIpLength:
      return int64_t{ip_length_};
    case PacketField::kIpDscp:
      return int64_t{ip_->dscp};
    case PacketField::kIpEcn:
      return static_cast<int64_t>(ip_->ecn);
    case PacketField::kIpIsFragment:
      return fragment_;
    case PacketField::kIcmpType:
      if (!icmp()) return std::nullopt;
      return int64_t{icmp()->first};
    case PacketField::kIcmpCode:
      if (!icmp()) return std::nullopt;
      return int64_t{icmp()->second};
    case PacketField::kUdpSourcePort:
      if (!udp_) return std::nullopt;
      return int64_t{udp_->source_port};
    case PacketField::kUdpDestinationPort:
      if (!udp_) return std::nullopt;
      return int64_t{udp_->destination_port};
    case PacketField::kUdpLength:
      if (!udp_) return std::nullopt;
      return int64_t{udp_->length};
    default:
      break;  // above
  }
  return std::nullopt;
}

}  // namespace tickwire::match
