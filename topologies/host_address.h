// Which addresses an interface may have.
#ifndef TICKWIRE_TOPOLOGIES_HOST_ADDRESS_H_
#define TICKWIRE_TOPOLOGIES_HOST_ADDRESS_H_

#include "protocols/transport/ip_address.h"

namespace tickwire {

// Unicast, and neither the network itself nor its broadcast address (IPv4 up to /30; RFC 3021 lets
// both hosts of a /31 be addresses).
inline bool IsHostAddress(const IpPrefix& prefix) {
  const IpAddress& address = prefix.address;
  if (address.is_multicast() || address.is_unspecified() || address.is_broadcast()) return false;
  if (address.is_v6() || prefix.length >= 31) return true;
  const uint32_t host_bits =
      prefix.length == 0 ? UINT32_MAX : (uint32_t{1} << (32 - prefix.length)) - 1;
  const uint32_t host = address.v4() & host_bits;
  return host != 0 && host != host_bits;
}

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_HOST_ADDRESS_H_
