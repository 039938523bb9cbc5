// ServerIdentity: which URIs mean this server itself (RFC 3261 §16.4, §16.5).
#ifndef TICKWIRE_PROTOCOLS_SIP_PROXY_SERVER_IDENTITY_H_
#define TICKWIRE_PROTOCOLS_SIP_PROXY_SERVER_IDENTITY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_uri.h"
#include "protocols/transport/channel.h"
#include "protocols/transport/ip_address.h"

namespace tickwire::sip {

struct ServerIdentity {
  std::vector<IpAddress> addresses;  // of our interfaces
  std::vector<std::string> names;    // host names of ours; case does not count
  std::vector<std::string> domains;  // for whose users we are responsible
  uint16_t port = 5060;              // of all transports that are not among the following
  struct TransportPort {
    TransportKind transport;
    uint16_t port;
  };
  std::vector<TransportPort> more_ports;  // where we listen for TLS and the like

  // Our domains, names and addresses; a port must be ours, for the transport if one is named. When
  // it is absent the default one must be (a domain or name has none).
  bool IsMe(const SipUri& uri) const;
  bool IsMe(absl::string_view host, std::optional<uint16_t> uri_port,
            std::optional<TransportKind> transport = std::nullopt) const;
  bool IsOurDomain(absl::string_view host) const;

 private:
  bool IsOurPort(uint16_t candidate, std::optional<TransportKind> transport) const;
  bool IsMeAt(absl::string_view host, std::optional<uint16_t> uri_port, uint16_t default_port,
              std::optional<TransportKind> transport) const;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_PROXY_SERVER_IDENTITY_H_
