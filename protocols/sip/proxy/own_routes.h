// OwnRoutes: what a proxy says of itself in Record-Route (RFC 3261 §16.6 item 4) and in Path (RFC
// 3327 §5.2).
//
// Two URIs where the two sides of the proxy differ in transport or kind of address (RFC 5658 §5,
// §6.2): on top the one that faces the next hop, behind it the one that faces the previous hop.
// SIPS where the request is secure. MODEL: TLS of a request that is not secure is said by
// "transport=tls", which RFC 5658 §6.2 would not have. Its other way, a SIPS URI, would make the
// whole dialog secure (§12.1.1), and records in the DNS that lead to TLS cannot be had for an
// address. MODEL: two addresses of one family get one record, for any address of a node can be
// reached from all of its networks here. (RFC 5658 §5 has two where they cannot.)
#ifndef TICKWIRE_PROTOCOLS_SIP_PROXY_OWN_ROUTES_H_
#define TICKWIRE_PROTOCOLS_SIP_PROXY_OWN_ROUTES_H_

#include <string>

#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/proxy/proxy_config.h"
#include "protocols/sip/transport/sip_transport.h"

namespace tickwire::sip {

class OwnRoutes {
 public:
  // Both must outlive this.
  OwnRoutes(SipTransport& transport, const ProxyConfig& config)
      : transport_(transport), config_(config) {}

  // To a request as it goes to `towards`, with the Via of the previous hop still on top; where
  // there is to be none: no effect.
  void AddRecordRoute(SipMessage& request, const Hop& towards);
  void AddPath(SipMessage& request, const Hop& towards);

 private:
  bool RecordsRoute(const SipMessage& request, const Hop& from) const;
  std::string OwnRouteUri(const Hop& facing, bool is_secure, bool names_udp);
  template <class Header>
  void PushOwnUris(SipMessage& request, const Hop& from, const Hop& towards);

  SipTransport& transport_;
  const ProxyConfig& config_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_PROXY_OWN_ROUTES_H_
