// Loops and spirals (RFC 3261 §16.3 item 4, as corrected by RFC 5393 §4.2).
//
// A branch of ours is "z9hG4bK" + what makes it unique + "." + eight digits of a hash over all that
// decides where the request goes. The same hash on its return means that it goes in circles.
#ifndef TICKWIRE_PROTOCOLS_SIP_PROXY_LOOP_CHECK_H_
#define TICKWIRE_PROTOCOLS_SIP_PROXY_LOOP_CHECK_H_

#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/proxy/server_identity.h"

namespace tickwire::sip {

// Of a request as it was received, before any change: Request-URI, Route, Call-ID, From tag, and
// the number of CSeq (not the method: CANCEL and ACK must agree with their INVITE, §4.2.1).
std::string LoopHash(const SipMessage& request);

// How the unique part begins in branches of requests that were forwarded without state.
inline constexpr absl::string_view kStatelessMark = "sl-";

// "z9hG4bKunique.hash".
std::string MakeBranch(absl::string_view unique, absl::string_view loop_hash);

// §4.2.2: whether a Via of ours says that we forwarded this already.
bool HasLooped(const SipMessage& request, absl::string_view loop_hash, const ServerIdentity& me);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_PROXY_LOOP_CHECK_H_
