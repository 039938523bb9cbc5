#include "protocols/sip/locate/static_locator.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"

namespace tickwire::sip {
namespace {

std::string KeyOf(absl::string_view name) {
  return absl::AsciiStrToLower(absl::StripSuffix(name, "."));
}

}  // namespace

void NameTable::Add(absl::string_view name, const Endpoint& server,
                    std::optional<TransportKind> transport) {
  std::vector<Server>& servers = servers_[KeyOf(name)];
  const Server added{server, transport};
  if (std::find(servers.begin(), servers.end(), added) == servers.end()) servers.push_back(added);
}

void NameTable::FindBy(TransportKind by, const LocateTarget& target,
                       const std::vector<Server>& servers, std::vector<Hop>& hops) {
  const auto has_own = [&](const IpAddress& address) {
    return std::any_of(servers.begin(), servers.end(), [&](const Server& server) {
      return server.transport == by && server.at.address == address;
    });
  };
  for (const Server& server : servers) {
    const bool is_general = !server.transport.has_value();
    if (is_general ? has_own(server.at.address) : server.transport != by) continue;
    uint16_t port = server.at.port;
    if (port == 0 || (is_general && IsWebSocket(by))) {
      port = DefaultPort(by);
    } else if (is_general && IsSecure(by)) {
      ++port;
    }
    hops.push_back(target.HopTo(server.at.address, by, port));
  }
}

void NameTable::Find(const LocateTarget& target, const Transports& transports,
                     std::vector<Hop>& hops) const {
  const auto found = servers_.find(KeyOf(target.host));
  if (found == servers_.end()) return;
  const std::vector<Server>& servers = found->second;
  const size_t before = hops.size();
  if (const auto by = target.Transport(transports)) FindBy(*by, target, servers, hops);
  if (hops.size() != before || target.transport.has_value()) return;
  for (const TransportKind by : kSipTransports) {
    if (!transports.Has(by) || (target.is_secure && !IsSecure(by))) continue;
    FindBy(by, target, servers, hops);
  }
}

bool NameTable::Has(absl::string_view name) const { return servers_.contains(KeyOf(name)); }

void StaticLocator::Answer(const LocateTarget& target, const Transports& transports,
                           std::vector<Hop>& hops) const {
  if (!AddressOfHost(target.host).has_value()) {
    names_.Find(target, transports, hops);
  } else if (const std::optional<Hop> hop = target.Numeric(transports)) {
    hops.push_back(*hop);
  }
}

void StaticLocator::LocateNow(absl::string_view uri, const Transports& transports,
                              std::vector<Hop>& hops) {
  hops.clear();
  const std::optional<LocateTarget> target = LocateTarget::Of(uri);
  if (target.has_value()) Answer(*target, transports, hops);
}

bool StaticLocator::Locate(absl::string_view uri, const Transports& transports,
                           std::vector<Hop>& hops, Client&, uint64_t) {
  LocateNow(uri, transports, hops);
  return true;
}

bool StaticLocator::LocateSentBy(TransportKind transport, absl::string_view host,
                                 std::optional<uint16_t> port, const Transports& transports,
                                 std::vector<Hop>& hops, Client&, uint64_t) {
  hops.clear();
  Answer(LocateTarget::OfSentBy(transport, host, port), transports, hops);
  return true;
}

}  // namespace tickwire::sip
