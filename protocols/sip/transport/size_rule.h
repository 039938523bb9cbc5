// The size rule (RFC 3261 §18.1.1): requests too large for UDP take another transport.
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSPORT_SIZE_RULE_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSPORT_SIZE_RULE_H_

#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/transport/sip_transport.h"

namespace tickwire::sip {

// Where `request`, which has our Via for `hop` on top, goes in fact. When that is by another
// transport the top Via is changed to say so; its branch and other parameters stay.
Hop FitRequest(SipTransport& transport, SipMessage& request, const Hop& hop);

// Changes the top Via to another transport and sent-by ("192.0.2.1:5060"). REQUIRES: there is one.
void RewriteTopVia(SipMessage& request, TransportKind by, absl::string_view sent_by);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSPORT_SIZE_RULE_H_
