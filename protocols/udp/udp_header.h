// UdpHeader: RFC 768; over IPv6 RFC 8200 section 8.1.
#ifndef TICKWIRE_PROTOCOLS_UDP_UDP_HEADER_H_
#define TICKWIRE_PROTOCOLS_UDP_UDP_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "protocols/ip/ip_header.h"
#include "sim_core/packet/packet.h"
#include "sim_core/trace/trace_label.h"

namespace tickwire {

struct UdpHeader {
  static constexpr size_t kSize = 8;

  uint16_t source_port = 0;
  uint16_t destination_port = 0;
  uint16_t length = 0;    // header and payload, bytes
  uint16_t checksum = 0;  // 0: none (IPv4 only)

  // The fields alone, from a datagram's first bytes, unverified.
  static std::optional<UdpHeader> Read(std::span<const uint8_t> bytes);
  // Reads and verifies a whole datagram (beginning at the UDP header) that came from `source` to
  // `destination`. On failure `*why` tells the reason.
  static std::optional<UdpHeader> Parse(const Packet& datagram, const IpAddress& source,
                                        const IpAddress& destination, const TraceLabel** why);
  // Puts a header with right length and checksum before the payload.
  static void PrependTo(Packet& payload, uint16_t source_port, uint16_t destination_port,
                        const IpAddress& source, const IpAddress& destination);
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_UDP_UDP_HEADER_H_
