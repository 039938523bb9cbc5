// The header part of a SIP URI, "?Replaces=...&subject=x" (RFC 3261 §19.1.1), and requests formed
// from such a URI (§19.1.5): Refer-To, web links, redirects.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_URI_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_URI_HEADERS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/message/sip_uri.h"

namespace tickwire::sip {

struct UriHeader {
  std::string name;   // escapes removed; "body" is the body of the message
  std::string value;  // escapes removed
  bool operator==(const UriHeader&) const = default;
};

// "%41" to "A"; a broken escape stays as it is.
std::string Unescape(absl::string_view text);
// What may stand as hvalue: all octets escaped that hvalue does not have (§25.1).
std::string EscapeHeaderValue(absl::string_view text);

std::vector<UriHeader> HeadersOf(const SipUri& uri);
// The first one of that name, in any case.
std::optional<std::string> HeaderOf(const SipUri& uri, absl::string_view name);
// The URI without its header part and method parameter: what may be a Request-URI (§19.1.5).
std::string RequestUriOf(const SipUri& uri);
// The method parameter, or INVITE (§19.1.1).
std::string MethodOf(const SipUri& uri);

// Whether a request must not take this header from a URI, because it would lie about who sends it,
// where it goes, or what the sender can do (§19.1.5).
bool IsDangerousInUri(absl::string_view name);
// Adds the headers that are not dangerous, and the body with the Content-Type given beside it.
void AddUriHeaders(SipMessage& request, const SipUri& uri);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_URI_HEADERS_H_
