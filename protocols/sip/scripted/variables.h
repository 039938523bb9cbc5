// The texts that a script can name: "${invite.call_id}", "${200.header.Contact}", "${own.address}".
//
//   ${NAME.call_id} .cseq .cseq_method .method .status .reason .request_uri .from .from_tag .to
//   .to_tag .contact (its URI) .via (the whole top value) .branch .body .header.ANY (first row)
//
// NAME is that of a stored message, or "last" for the latest received. Unknown names become empty
// text, and are reported.
#ifndef TICKWIRE_PROTOCOLS_SIP_SCRIPTED_VARIABLES_H_
#define TICKWIRE_PROTOCOLS_SIP_SCRIPTED_VARIABLES_H_

#include <functional>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_message.h"

namespace tickwire::sip {

// One field of a message by the names above; nothing when the name is unknown, empty when the
// message has no such field.
std::optional<std::string> MessageVariable(const SipMessage& message, absl::string_view field);

// Replaces each "${...}"; "$${" stands for "${". `look_up` gets what is between the braces. False
// if any was unknown (it became empty) or a brace is not closed (the rest stays as it is).
bool Substitute(absl::string_view text,
                const std::function<std::optional<std::string>(absl::string_view)>& look_up,
                std::string& out);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_SCRIPTED_VARIABLES_H_
