#include "protocols/ip/ecn_marker.h"

#include "protocols/ip/ipv4_header.h"
#include "protocols/ip/ipv6_header.h"

namespace tickwire {

bool EcnMarker::Mark(Packet& packet) const {
  const std::span<const uint8_t> bytes = packet.bytes();
  if (bytes.size() >= Ipv4Header::kSize && bytes[0] >> 4 == 4) {
    if ((bytes[1] & 3) == static_cast<uint8_t>(Ecn::kNotEct)) return false;
    MarkIpv4Ce(packet.mutable_bytes());
    return true;
  }
  if (bytes.size() >= Ipv6Header::kSize && bytes[0] >> 4 == 6) {
    if ((bytes[1] >> 4 & 3) == static_cast<uint8_t>(Ecn::kNotEct)) return false;
    packet.mutable_bytes()[1] |= static_cast<uint8_t>(Ecn::kCe) << 4;
    return true;
  }
  return false;
}

}  // namespace tickwire
