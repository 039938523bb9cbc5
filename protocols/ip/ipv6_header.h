// Ipv6Header: the header of RFC 8200 section 3, and the fragment header of section 4.5.
//
// MODEL: other extension headers are not read: a packet with one is answered with "unrecognized
// next header" as if it were an unknown protocol. No scenario can make one.
#ifndef TICKWIRE_PROTOCOLS_IP_IPV6_HEADER_H_
#define TICKWIRE_PROTOCOLS_IP_IPV6_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "protocols/ip/ip_header.h"
#include "sim_core/trace/trace_label.h"

namespace tickwire {

struct Ipv6Header {
  static constexpr size_t kSize = 40;

  uint8_t dscp = 0;
  Ecn ecn = Ecn::kNotEct;
  uint32_t flow_label = 0;      // 20 bits
  uint16_t payload_length = 0;  // after this header, bytes
  IpProtocol next_header{};
  uint8_t hop_limit = 0;
  IpAddress source;
  IpAddress destination;

  // `wire_size` is the packet's size with its virtual tail. On failure `*why` tells the reason.
  static std::optional<Ipv6Header> Parse(std::span<const uint8_t> bytes, size_t wire_size,
                                         const TraceLabel** why);
  // REQUIRES: out.size() >= kSize.
  void SerializeTo(std::span<uint8_t> out) const;
};

struct Ipv6FragmentHeader {
  static constexpr size_t kSize = 8;

  IpProtocol next_header{};
  uint16_t fragment_offset = 0;  // bytes, a multiple of 8
  bool more_fragments = false;
  uint32_t identification = 0;

  static std::optional<Ipv6FragmentHeader> Parse(std::span<const uint8_t> bytes);
  // REQUIRES: out.size() >= kSize.
  void SerializeTo(std::span<uint8_t> out) const;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_IP_IPV6_HEADER_H_
