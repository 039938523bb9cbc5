// Ipv4Header: the header of RFC 791 section 3.1, with DSCP and ECN as RFC 2474 and RFC 3168 split
// the old type-of-service byte.
#ifndef TICKWIRE_PROTOCOLS_IP_IPV4_HEADER_H_
#define TICKWIRE_PROTOCOLS_IP_IPV4_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "protocols/ip/ip_header.h"
#include "sim_core/trace/trace_label.h"

namespace tickwire {

struct Ipv4Header {
  static constexpr size_t kSize = 20;  // without options

  uint8_t dscp = 0;
  Ecn ecn = Ecn::kNotEct;
  uint16_t total_length = 0;  // header and payload, bytes
  uint16_t identification = 0;
  bool dont_fragment = false;
  bool more_fragments = false;
  uint16_t fragment_offset = 0;  // bytes, a multiple of 8
  uint8_t ttl = 0;
  IpProtocol protocol{};
  IpAddress source;
  IpAddress destination;
  size_t header_size = kSize;  // with options, which are skipped

  bool is_fragment() const { return more_fragments || fragment_offset != 0; }

  // `wire_size` is the packet's size with its virtual tail. On failure `*why` tells the reason.
  static std::optional<Ipv4Header> Parse(std::span<const uint8_t> bytes, size_t wire_size,
                                         const TraceLabel** why);
  // Writes kSize bytes with a right checksum. REQUIRES: out.size() >= kSize.
  void SerializeTo(std::span<uint8_t> out) const;
};

// RFC 1812 section 5.3.1: one less, and the checksum with it (RFC 1624).
// REQUIRES: a whole header with ttl > 0.
void DecrementIpv4Ttl(std::span<uint8_t> header);
// Sets the ECN field of a whole header to CE.
void MarkIpv4Ce(std::span<uint8_t> header);

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_IP_IPV4_HEADER_H_
