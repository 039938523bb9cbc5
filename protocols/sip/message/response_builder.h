// MakeResponse: a response to a request, with the headers that RFC 3261 §8.2.6 has it copy.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_RESPONSE_BUILDER_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_RESPONSE_BUILDER_H_

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_message.h"

namespace tickwire::sip {

// Via rows, From, To, Call-ID and CSeq as they came, even damaged ones, so that a 400 can be built;
// Timestamp too in a 100. `to_tag` is added to To if it has none and the status is not 100. The
// caller adds what else belongs to it and ends with SetBody or Content-Length.
SipMessage StartResponse(const SipMessage& request, int status, absl::string_view to_tag = {});

// The same, complete, without a body.
SipMessage MakeResponse(const SipMessage& request, int status, absl::string_view to_tag = {});

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_RESPONSE_BUILDER_H_
