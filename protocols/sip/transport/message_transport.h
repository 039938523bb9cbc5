// MessageTransport: how transactions and cores hand a message to the transport layer (RFC 3261
// §18).
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSPORT_MESSAGE_TRANSPORT_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSPORT_MESSAGE_TRANSPORT_H_

#include "absl/strings/string_view.h"
#include "protocols/transport/endpoint.h"

namespace tickwire::sip {

// Where a message goes next: an address, and whether what leads there repeats lost messages itself
// (§17: then timers A, E and G are off, and D, I, J and K are zero).
struct Hop {
  Endpoint remote;
  bool is_reliable = false;
  bool operator==(const Hop&) const = default;
};

class MessageTransport {
 public:
  virtual ~MessageTransport() = default;
  // Sends `wire` as it is. Errors come later, by the node's own way back, never during the call.
  virtual void Send(const Hop& hop, absl::string_view wire) = 0;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSPORT_MESSAGE_TRANSPORT_H_
