#include "protocols/sip/proxy/server_identity.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "protocols/sip/locate/server_locator.h"
#include "protocols/sip/message/via.h"

namespace tickwire::sip {
namespace {

bool Holds(const std::vector<std::string>& names, absl::string_view host) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return absl::EqualsIgnoreCase(name, host); });
}

}  // namespace

bool ServerIdentity::IsOurDomain(absl::string_view host) const { return Holds(domains, host); }

bool ServerIdentity::IsMe(absl::string_view host, std::optional<uint16_t> uri_port) const {
  if (uri_port.has_value() && *uri_port != port) return false;
  if (const std::optional<IpAddress> address = AddressOfHost(host)) {
    if (!uri_port.has_value() && port != Via::kDefaultPort) return false;
    return std::find(addresses.begin(), addresses.end(), *address) != addresses.end();
  }
  return Holds(names, host) || Holds(domains, host);
}

bool ServerIdentity::IsMe(const SipUri& uri) const { return IsMe(uri.host, uri.port); }

}  // namespace tickwire::sip
