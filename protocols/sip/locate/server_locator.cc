#include "protocols/sip/locate/server_locator.h"

#include "absl/strings/match.h"
#include "protocols/sip/message/sip_uri.h"

namespace tickwire::sip {

std::optional<IpAddress> AddressOfHost(absl::string_view host) {
  if (host.size() >= 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  return IpAddress::Parse(host);
}

std::optional<LocateTarget> LocateTarget::Of(absl::string_view text) {
  const std::optional<SipUri> uri = SipUri::Parse(text);
  if (!uri.has_value() || uri->is_secure) return std::nullopt;
  LocateTarget target;
  if (const auto transport = uri->Param("transport")) {
    if (!absl::EqualsIgnoreCase(*transport, "udp")) return std::nullopt;
    target.names_transport = true;
  }
  // §4: the maddr parameter is the target when it is there.
  target.host = uri->Param("maddr").value_or(uri->host);
  target.port = uri->port;
  return target;
}

}  // namespace tickwire::sip
