// The canonical form of an address-of-record, by which a location service is indexed (RFC 3261
// §10.3, step 5).
#ifndef TICKWIRE_PROTOCOLS_SIP_REGISTRAR_ADDRESS_OF_RECORD_H_
#define TICKWIRE_PROTOCOLS_SIP_REGISTRAR_ADDRESS_OF_RECORD_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_uri.h"

namespace tickwire::sip {

// "user@host": escapes undone, URI parameters, password and scheme left out, the host in lower
// case, a port only when it is not the default. Nothing for a URI that is not SIP or has no user.
std::optional<std::string> CanonicalAor(absl::string_view uri);
std::string CanonicalAor(const SipUri& uri);  // REQUIRES: it has a user
// The part in front of the "@".
absl::string_view UserOfAor(absl::string_view aor);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_REGISTRAR_ADDRESS_OF_RECORD_H_
