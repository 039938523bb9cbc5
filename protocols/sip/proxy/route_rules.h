// What a proxy does to the routes of a request (RFC 3261 §16.4, §16.6 item 6, §16.12).
#ifndef TICKWIRE_PROTOCOLS_SIP_PROXY_ROUTE_RULES_H_
#define TICKWIRE_PROTOCOLS_SIP_PROXY_ROUTE_RULES_H_

#include <string>

#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/proxy/server_identity.h"
#include "protocols/sip/proxy/target.h"

namespace tickwire::sip {

// §16.4: undoes what a strict router in front of us did (our URI as Request-URI, the target at the
// end of Route), takes off a maddr that means us, and takes our own URI off the top of Route, both
// of them where we recorded two (RFC 5658 §5).
void PreprocessRoutes(SipMessage& request, const ServerIdentity& me);

// §16.6 items 2 and 6: makes the target's URI the Request-URI, pushes its route, and, if the first
// Route is a strict router, makes that the Request-URI and puts ours at the end.
void ApplyTarget(SipMessage& request, const Target& target);

// §16.6 item 7: the URI to be located for a request as ApplyTarget would leave it; a SIPS URI when
// the Request-URI is one.
std::string NextHopUri(const SipMessage& request, const Target& target);

// A URI as a Request-URI: without what §19.1.1 (table 1) does not allow there: headers, method.
std::string AsRequestUri(absl::string_view uri);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_PROXY_ROUTE_RULES_H_
