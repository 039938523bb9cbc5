#include "protocols/sip/proxy/server_identity.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "protocols/sip/locate/server_locator.h"
#include "protocols/sip/transport/transport_names.h"

namespace tickwire::sip {
namespace {

bool Holds(const std::vector<std::string>& names, absl::string_view host) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return absl::EqualsIgnoreCase(name, host); });
}

}  // namespace

bool ServerIdentity::IsOurDomain(absl::string_view host) const { return Holds(domains, host); }

bool ServerIdentity::IsOurPort(uint16_t candidate, std::optional<TransportKind> transport) const {
  for (const TransportPort& own : more_ports) {
    if (own.transport == transport) return own.port == candidate;
    if (!transport.has_value() && own.port == candidate) return true;
  }
  return candidate == port;
}

bool ServerIdentity::IsMeAt(absl::string_view host, std::optional<uint16_t> uri_port,
                            uint16_t default_port, std::optional<TransportKind> transport) const {
  if (uri_port.has_value() && !IsOurPort(*uri_port, transport)) return false;
  if (const std::optional<IpAddress> address = AddressOfHost(host)) {
    if (!uri_port.has_value() && !IsOurPort(default_port, transport)) return false;
    return std::find(addresses.begin(), addresses.end(), *address) != addresses.end();
  }
  return Holds(names, host) || Holds(domains, host);
}

bool ServerIdentity::IsMe(absl::string_view host, std::optional<uint16_t> uri_port,
                          std::optional<TransportKind> transport) const {
  return IsMeAt(host, uri_port, DefaultPort(transport.value_or(TransportKind::kUdp)), transport);
}

bool ServerIdentity::IsMe(const SipUri& uri) const {
  std::optional<TransportKind> transport;
  if (const auto name = uri.Param("transport")) transport = TransportOfUri(*name, uri.is_secure);
  const TransportKind usual = uri.is_secure ? TransportKind::kTls : TransportKind::kUdp;
  return IsMeAt(uri.host, uri.port, DefaultPort(transport.value_or(usual)), transport);
}

}  // namespace tickwire::sip
