#include "protocols/ip/routing_table.h"

#include <algorithm>

namespace tickwire {
namespace {

std::array<uint8_t, 16> KeyOf(const IpAddress& address, int bits) {
  const IpAddress network = IpPrefix{address, bits}.Network().address;
  std::array<uint8_t, 16> key{};
  std::ranges::copy(network.bytes(), key.begin());
  return key;
}

size_t CacheSlot(const IpAddress& address, size_t slots) {
  uint32_t h = 0;
  for (uint8_t byte : address.bytes()) h = h * 31 + byte;
  return (h ^ h >> 8) % slots;
}

}  // namespace

void RoutingTable::Add(const IpPrefix& prefix, const Route& route) {
  cache_.fill({});
  const bool v6 = prefix.address.is_v6();
  auto it = std::find_if(lengths_.begin(), lengths_.end(), [&](const Length& length) {
    return length.bits == prefix.length && length.v6 == v6;
  });
  if (it == lengths_.end()) {
    it = std::find_if(lengths_.begin(), lengths_.end(),
                      [&](const Length& length) { return length.bits < prefix.length; });
    it = lengths_.insert(it, Length{prefix.length, v6, {}});
  }
  it->networks[KeyOf(prefix.address, prefix.length)] = route;
}

Route RoutingTable::Search(const IpAddress& destination) const {
  for (const Length& length : lengths_) {
    if (length.v6 != destination.is_v6()) continue;
    const auto it = length.networks.find(KeyOf(destination, length.bits));
    if (it != length.networks.end()) return it->second;
  }
  return {};
}

const Route& RoutingTable::Lookup(const IpAddress& destination) const {
  Cached& cached = cache_[CacheSlot(destination, cache_.size())];
  if (!cached.valid || cached.destination != destination) {
    cached = {destination, Search(destination), true};
  }
  return cached.route;
}

}  // namespace tickwire
