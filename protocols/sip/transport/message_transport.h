// MessageTransport: how transactions and cores hand a message to the transport layer (RFC 3261
// §18).
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSPORT_MESSAGE_TRANSPORT_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSPORT_MESSAGE_TRANSPORT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/transport/channel.h"
#include "protocols/transport/endpoint.h"

namespace tickwire::sip {

// Where a message goes next.
struct Hop {
  Endpoint remote;
  TransportKind transport = TransportKind::kUdp;
  // Of a response: the connection that the request came by, by its number in the transport layer;
  // as long as it is there, the response goes that way, and to `remote` otherwise (§18.2.2). 0:
  // none, or the transport has none.
  uint32_t connection = 0;
  // Under TLS: the domain that the certificate must be for (RFC 5922 §7.3). Empty: the address is
  // believed.
  std::string domain;

  // Whether what leads there repeats lost messages itself (§17: then timers A, E and G are off, and
  // D, I, J and K are zero).
  bool is_reliable() const { return transport != TransportKind::kUdp; }
  bool operator==(const Hop&) const = default;
};

// Whether what failed is the way that something was sent. A hop with a connection means that one,
// and one with a domain, connections that were opened for it.
inline bool Leads(const Hop& failed, const Hop& sent) {
  return failed.transport == sent.transport && failed.remote == sent.remote &&
         (failed.connection == 0 || failed.connection == sent.connection) &&
         (failed.domain == sent.domain || sent.domain.empty());
}

// By its first line (§7.1, §7.2).
inline bool IsResponse(absl::string_view wire) { return wire.substr(0, 4) == "SIP/"; }

class MessageTransport {
 public:
  virtual ~MessageTransport() = default;
  // Sends `wire` as it is. Errors come later, by the node's own way back, never during the call.
  virtual void Send(const Hop& hop, absl::string_view wire) = 0;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSPORT_MESSAGE_TRANSPORT_H_
