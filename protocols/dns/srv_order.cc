#include "protocols/dns/srv_order.h"

#include <algorithm>
#include <tuple>

namespace tickwire::dns {

std::vector<SrvData> OrderServers(std::vector<SrvData> servers, Rng& rng) {
  std::sort(servers.begin(), servers.end(), [](const SrvData& a, const SrvData& b) {
    return std::tie(a.priority, a.weight, a.target, a.port) <
           std::tie(b.priority, b.weight, b.target, b.port);
  });
  std::vector<SrvData> ordered;
  auto begin = servers.begin();
  while (begin != servers.end()) {
    const auto end = std::find_if(begin, servers.end(), [&](const SrvData& server) {
      return server.priority != begin->priority;
    });
    std::vector<SrvData> equals(begin, end);
    begin = end;
    while (!equals.empty()) {
      uint64_t sum = 0;
      for (const SrvData& server : equals) sum += server.weight;
      // A number from 0 to the sum, inclusive; the first whose running sum reaches it is taken.
      const uint64_t drawn = rng.Below(sum + 1);
      uint64_t running = 0;
      auto chosen = equals.begin();
      for (; chosen + 1 != equals.end(); ++chosen) {
        running += chosen->weight;
        if (running >= drawn) break;
      }
      ordered.push_back(*chosen);
      equals.erase(chosen);
    }
  }
  return ordered;
}

}  // namespace tickwire::dns
