// Endpoint: an address and a port. The transport protocol is known from where it is used.
#ifndef TICKWIRE_PROTOCOLS_TRANSPORT_ENDPOINT_H_
#define TICKWIRE_PROTOCOLS_TRANSPORT_ENDPOINT_H_

#include <compare>
#include <cstdint>
#include <string>

#include "protocols/transport/ip_address.h"

namespace tickwire {

struct Endpoint {
  IpAddress address;
  uint16_t port = 0;
  auto operator<=>(const Endpoint&) const = default;
};

// "10.0.0.1:5060", "[2001:db8::1]:5060".
inline std::string ToString(const Endpoint& endpoint) {
  const std::string port = std::to_string(endpoint.port);
  const std::string address = endpoint.address.ToString();
  return endpoint.address.is_v4() ? address + ":" + port : "[" + address + "]:" + port;
}

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_TRANSPORT_ENDPOINT_H_
