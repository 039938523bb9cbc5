// Where a request came from, and where its responses go, by what its topmost Via says (RFC 3261
// §18.2.1, §18.2.2, §16.11; RFC 3581 §4).
#ifndef TICKWIRE_PROTOCOLS_SIP_PROXY_REQUEST_SOURCE_H_
#define TICKWIRE_PROTOCOLS_SIP_PROXY_REQUEST_SOURCE_H_

#include <optional>

#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/transport/message_transport.h"

namespace tickwire::sip {

// The source of a request that the transport layer has marked: received and rport before sent-by,
// and the transport of the Via. The port behind a connection is that of the connection only if the
// client asked for rport. Unspecified without a readable Via, and UDP for a transport that nobody
// knows.
Hop SourceOf(const SipMessage& request);

// Where a response with this Via on top goes when no state tells. Over UDP the source of the
// request; over a connection the port of sent-by at the source, unless there is an rport, whose
// connection the transport layer may still have. Nothing for names, and for transports that nobody
// knows.
std::optional<Hop> ResponseHop(const Via& via);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_PROXY_REQUEST_SOURCE_H_
