// TcpHeader: the fixed header of a segment (RFC 9293 section 3.1), with its checksum over the
// pseudo-header.
#ifndef TICKWIRE_PROTOCOLS_TCP_TCP_HEADER_H_
#define TICKWIRE_PROTOCOLS_TCP_TCP_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "protocols/ip/ip_header.h"
#include "sim_core/packet/packet.h"
#include "sim_core/trace/trace_label.h"

namespace tickwire::tcp {

struct TcpHeader {
  static constexpr size_t kSize = 20;  // without options
  enum Flag : uint8_t {
    kFin = 0x01,
    kSyn = 0x02,
    kRst = 0x04,
    kPsh = 0x08,
    kAck = 0x10,
    kUrg = 0x20,
    kEce = 0x40,
    kCwr = 0x80,
  };

  uint16_t source_port = 0;
  uint16_t destination_port = 0;
  uint32_t sequence = 0;
  uint32_t acknowledgment = 0;  // meaningful with kAck only
  uint8_t data_offset = 5;      // in 32-bit words
  uint8_t reserved = 0;         // the four bits after it
  uint8_t flags = 0;
  uint16_t window = 0;  // as on the wire, unscaled
  uint16_t checksum = 0;
  uint16_t urgent_pointer = 0;

  bool has(Flag flag) const { return (flags & flag) != 0; }
  size_t header_bytes() const { return size_t{data_offset} * 4; }

  // The fields alone, from a segment's first bytes, unverified. Eight bytes suffice for the ports
  // and the sequence number (what an ICMP error quotes); the rest is zero then. For options see
  // header_bytes().
  static std::optional<TcpHeader> Read(std::span<const uint8_t> bytes);
  // Reads and verifies a whole segment (beginning at the TCP header). On failure `*why` tells why.
  static std::optional<TcpHeader> Parse(const Packet& segment, const IpAddress& source,
                                        const IpAddress& destination, const TraceLabel** why);
  // Puts the header and `options` (size a multiple of 4) before the payload, with right offset and
  // checksum; `data_offset` and `checksum` of this are not looked at.
  void PrependTo(Packet& payload, std::span<const uint8_t> options, const IpAddress& source,
                 const IpAddress& destination) const;
};

// "SYN, ACK".
std::string FlagNames(uint8_t flags);

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_TCP_HEADER_H_
