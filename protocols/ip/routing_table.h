// RoutingTable: longest-prefix match from a destination to the interface that leads there.
//
// Links are point to point, so a route needs no next hop. A node's own addresses are routes too,
// with no interface: one look-up tells "mine", "that way" or "nowhere". Recent answers are cached.
#ifndef TICKWIRE_PROTOCOLS_IP_ROUTING_TABLE_H_
#define TICKWIRE_PROTOCOLS_IP_ROUTING_TABLE_H_

#include <array>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "protocols/transport/ip_address.h"

namespace tickwire {

class Interface;

struct Route {
  enum class Kind : uint8_t { kNone, kLocal, kVia };
  Kind kind = Kind::kNone;
  Interface* out = nullptr;  // kVia: through; kLocal: the interface that has the address
};

class RoutingTable {
 public:
  // Replaces a route with the same prefix. `prefix.address` is taken as its network.
  void Add(const IpPrefix& prefix, const Route& route);
  const Route& Lookup(const IpAddress& destination) const;

 private:
  struct Length {
    int bits;
    bool v6;
    absl::flat_hash_map<std::array<uint8_t, 16>, Route> networks;  // looked up, never iterated
  };
  struct Cached {
    IpAddress destination;
    Route route;
    bool valid = false;
  };
  Route Search(const IpAddress& destination) const;

  std::vector<Length> lengths_;  // longest first
  mutable std::array<Cached, 16> cache_;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_IP_ROUTING_TABLE_H_
