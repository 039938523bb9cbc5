#include "protocols/sip/locate/static_locator.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "protocols/sip/message/via.h"

namespace tickwire::sip {
namespace {

std::string KeyOf(absl::string_view name) {
  return absl::AsciiStrToLower(absl::StripSuffix(name, "."));
}

}  // namespace

void NameTable::Add(absl::string_view name, const Endpoint& server) {
  std::vector<Endpoint>& servers = servers_[KeyOf(name)];
  if (std::find(servers.begin(), servers.end(), server) == servers.end()) {
    servers.push_back(server);
  }
}

void NameTable::Find(absl::string_view name, std::optional<uint16_t> port,
                     std::vector<Hop>& hops) const {
  const auto found = servers_.find(KeyOf(name));
  if (found == servers_.end()) return;
  for (const Endpoint& server : found->second) {
    const uint16_t own = server.port != 0 ? server.port : Via::kDefaultPort;
    hops.push_back(Hop{{server.address, port.value_or(own)}});
  }
}

bool NameTable::Has(absl::string_view name) const { return servers_.contains(KeyOf(name)); }

bool StaticLocator::Locate(absl::string_view uri, std::vector<Hop>& hops, Client& client,
                           uint64_t ticket) {
  hops.clear();
  const std::optional<LocateTarget> target = LocateTarget::Of(uri);
  if (!target.has_value()) return true;
  return LocateSentBy(target->host, target->port, hops, client, ticket);
}

void StaticLocator::LocateNow(absl::string_view uri, std::vector<Hop>& hops) {
  const std::optional<LocateTarget> target = LocateTarget::Of(uri);
  if (target.has_value()) names_.Find(target->host, target->port, hops);
}

bool StaticLocator::LocateSentBy(absl::string_view host, std::optional<uint16_t> port,
                                 std::vector<Hop>& hops, Client&, uint64_t) {
  hops.clear();
  if (const std::optional<IpAddress> address = AddressOfHost(host)) {
    hops.push_back(Hop{{*address, port.value_or(Via::kDefaultPort)}});
  } else {
    names_.Find(host, port, hops);
  }
  return true;
}

}  // namespace tickwire::sip
