// PacketSource: the fields of one IP packet, decoded as far as they are asked for.
//
// Stateless over packets. What cannot be decoded is absent: a fragment other than the first has no
// UDP, TCP or SCTP fields, a datagram that is no SIP message has no sip fields. A datagram from or
// to port 9899 is SCTP in UDP (RFC 6951).
#ifndef TICKWIRE_TOPOLOGIES_MATCH_PACKET_SOURCE_H_
#define TICKWIRE_TOPOLOGIES_MATCH_PACKET_SOURCE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "protocols/dns/dns_message.h"
#include "protocols/ip/ip_header.h"
#include "protocols/rtp/rtcp_packet.h"
#include "protocols/rtp/rtp_packet.h"
#include "protocols/sctp/packet/sctp_packet.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/tcp/tcp_header.h"
#include "protocols/tcp/tcp_options.h"
#include "protocols/udp/udp_header.h"
#include "sim_core/net/packet_matcher.h"
#include "topologies/match/field_table.h"
#include "topologies/match/program.h"
#include "topologies/match/standard_fields.h"

namespace tickwire::match {

class PacketSource : public FieldSource {
 public:
  // `bytes` begin with an IP header and must outlive this; `zeros` more zero bytes follow.
  PacketSource(std::span<const uint8_t> bytes, uint32_t zeros);

  std::optional<FieldValue> Get(FieldId field) override;
  bool Any(FieldId field, absl::FunctionRef<bool(const FieldValue&)> holds) override;

  // For those who want more than fields: null or absent as above.
  bool is_ip() const { return ip_.has_value(); }
  const IpDatagram& ip() const { return *ip_; }  // REQUIRES: is_ip()
  const std::optional<UdpHeader>& udp() const { return udp_; }
  // Not of a fragment. `tcp_options` reads anew.
  const std::optional<tcp::TcpHeader>& tcp() const { return tcp_; }
  tcp::TcpOptions tcp_options() const { return tcp::TcpOptions::Parse(tcp_option_bytes_); }
  std::span<const uint8_t> tcp_option_bytes() const { return tcp_option_bytes_; }
  // Not of a fragment; unverified. payload() are its chunks.
  const std::optional<sctp::CommonHeader>& sctp() const { return sctp_; }
  // The payload of UDP, TCP or SCTP, else of IP, as far as it is stored; with the zeros after it it
  // has payload_size() bytes.
  std::span<const uint8_t> payload() const { return payload_; }
  uint32_t payload_size() const { return payload_size_; }
  bool is_fragment() const { return fragment_; }
  // Of a fragment: where its payload belongs, in bytes.
  uint32_t fragment_offset() const { return fragment_offset_; }
  uint32_t identification() const { return identification_; }
  // ICMP and ICMPv6: type and code.
  std::optional<std::pair<uint8_t, uint8_t>> icmp() const;
  // Of a stream or association: the message that begins where the segment, or the first chunk with
  // a beginning, does; cut off where the packet ends. Nothing of what was encrypted.
  const sip::SipMessage* sip();
  const dns::Message* dns();  // to or from port 53
  // By their look, and ports as media use them: even for RTP, odd for RTCP, none below 1024.
  std::optional<rtp::RtpHeader> rtp() const;
  std::optional<rtp::RtcpCompound> rtcp() const;

 private:
  void DecodeV4(std::span<const uint8_t> bytes);
  void DecodeV6(std::span<const uint8_t> bytes);
  void DecodeTransport();
  void DecodeTcp();
  void DecodeSctp();
  std::optional<FieldValue> GetPacketField(uint16_t field);
  std::optional<FieldValue> GetDnsField(uint16_t field);
  std::optional<FieldValue> GetTcpField(PacketField field) const;
  std::optional<FieldValue> GetTcpOptionField(PacketField field) const;
  std::optional<FieldValue> GetSctpField(PacketField field);
  bool IsBetweenMediaPorts() const;
  std::optional<FieldValue> GetMediaField(PacketField field) const;

  const uint32_t wire_size_;
  uint32_t ip_length_ = 0;
  std::optional<IpDatagram> ip_;
  std::span<const uint8_t> payload_;
  uint32_t payload_size_ = 0;
  std::optional<UdpHeader> udp_;
  std::optional<tcp::TcpHeader> tcp_;
  std::span<const uint8_t> tcp_option_bytes_;
  std::optional<sctp::CommonHeader> sctp_;
  bool fragment_ = false;
  uint32_t fragment_offset_ = 0;
  uint32_t identification_ = 0;
  bool sip_tried_ = false;
  std::optional<sip::SipMessage> sip_;
  bool dns_tried_ = false;
  std::optional<dns::Message> dns_;
  std::string text_;  // behind the last address handed out
};

// A compiled expression as a link's matcher.
class ProgramMatcher : public PacketMatcher {
 public:
  explicit ProgramMatcher(Program program) : program_(std::move(program)) {}
  bool Matches(const Packet& packet) const override {
    PacketSource source(packet.bytes(), packet.virtual_tail());
    return program_.Matches(source);
  }

 private:
  const Program program_;
};

}  // namespace tickwire::match

#endif  // TICKWIRE_TOPOLOGIES_MATCH_PACKET_SOURCE_H_
