// Validate: every rule of RFC 3261 that one message, looked at alone, can break.
//
// The parser reports what hurts reading; this looks at all values, mandatory headers and what must
// agree (CSeq and method). Used by `tickwire decode sip` and by tests: receivers use the cheaper
// checks of their own role. Linear in the message; at most kMaxViolations are reported.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_VALIDATE_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_VALIDATE_H_

#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/message/violation.h"

namespace tickwire::sip {

// Breaches in order of their offset; does not repeat those of Parse. Offsets count in
// message.text().
Violations Validate(const SipMessage& message);

// Parse's breaches and Validate's together, by offset.
Violations AllViolations(const ParseResult& parsed);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_VALIDATE_H_
