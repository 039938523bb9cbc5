// Keys by which messages find their transaction (RFC 3261 §17.1.3, §17.2.3).
//
// A key is text built from the message alone, into a string that the caller reuses.
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_KEY_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_KEY_H_

#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_message.h"

namespace tickwire::sip {

// Client side, of our request or of the response to it: branch of the top Via, method of CSeq.
// False when the message lacks what the key is made of.
bool MakeClientKey(const SipMessage& message, std::string& key);

// Server side: branch and sent-by of the top Via, and `method`, where ACK counts as INVITE. A Via
// without the magic cookie is from an RFC 2543 element: then Request-URI, both tags, Call-ID, CSeq
// number and the whole Via take the place of the branch (§17.2.3); `to_tag` is the To tag then. An
// ACK of such an element has the To tag of the response, so its INVITE is looked for without one
// (before a dialog) and with it (within one), and the tag is compared with that of the response.
bool MakeServerKey(const SipMessage& request, absl::string_view method, absl::string_view to_tag,
                   std::string& key);

// The key of the request itself.
bool MakeServerKey(const SipMessage& request, std::string& key);

// Whether the top Via has a branch by which RFC 3261 matches.
bool HasBranchOfRfc3261(const SipMessage& request);
// Empty when there is none.
absl::string_view ToTagOf(const SipMessage& message);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSACTION_TRANSACTION_KEY_H_
