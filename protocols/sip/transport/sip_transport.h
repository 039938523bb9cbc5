// SipTransport: the transport layer of RFC 3261 §18 over UDP, with rport (RFC 3581).
//
// Reads messages from a datagram socket, marks requests with where they really came from, finds the
// way back for responses, and reports each message to the trace. What cannot be read is dropped
// with a note; a request that is damaged but answerable gets its 4xx or 5xx from here, without a
// transaction (§18.3). Owns the socket.
// MODEL: UDP only for now; large requests do not change to TCP (§18.1.1), and maddr is obeyed
// without multicast TTLs.
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSPORT_SIP_TRANSPORT_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSPORT_SIP_TRANSPORT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/transport/message_transport.h"
#include "protocols/sip/transport/transport_names.h"
#include "protocols/transport/datagram_socket.h"
#include "sim_core/event/node_clock.h"

namespace tickwire::sip {

class SipTransport final : public MessageTransport, private DatagramSocket::Listener {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // Via, From, To, Call-ID and CSeq are there and well-formed. Responses go to `reply_to`.
    virtual void OnRequest(SipMessage&& request, const Hop& reply_to) = 0;
    // The top Via is ours, and well-formed as the rest.
    virtual void OnResponse(const SipMessage& response) = 0;
    // §18.4: nothing gets there. What was sent that way and is not answered has failed.
    virtual void OnTransportError(const Hop& hop) = 0;
  };
  struct Counters {
    uint64_t sent = 0;
    uint64_t received = 0;
    uint64_t dropped = 0;  // unreadable, or too large to send
  };

  // All must outlive this. `name` is that of the element in the trace, unique within the node.
  SipTransport(NodeClock& clock, Listener& listener, absl::string_view name);

  // Binds. Called once, before anything else.
  absl::Status Open(DatagramStack& stack, const Endpoint& local);

  void Send(const Hop& hop, absl::string_view wire) override;

  // Where we listen for `transport`: what our Via, Contact and Record-Route say.
  uint16_t port(TransportKind transport) const;
  // "192.0.2.1:5060": the sent-by of our Via to a peer there, and the host of our Contact. The view
  // is good until the next call.
  absl::string_view SentBy(const Hop& hop);
  // What we speak, and what we take where no URI and no record decides.
  const Transports& transports() const { return transports_; }
  // §18.1.1: `hop`, or the same by a transport that does its own congestion control when a request
  // of `octets` is too large for UDP and we have one there. Nothing changes once the other side has
  // refused it.
  Hop ForSize(const Hop& hop, size_t octets) const;
  // The address part of it, for the session description.
  IpAddress SourceFor(const Endpoint& remote) const;
  const Counters& counters() const { return counters_; }

 private:
  void OnReceive(DatagramSocket& socket, Endpoint from, Endpoint to,
                 std::span<const uint8_t> payload, uint32_t zeros) override;
  void OnError(DatagramSocket& socket, Endpoint remote, DatagramError error) override;

  void ReceiveRequest(ParseResult& parsed, const Endpoint& from);
  void ReceiveResponse(const ParseResult& parsed, const Endpoint& to);
  void RejectOrDrop(const SipMessage& request, const Rule* broken, const Endpoint& reply_to);
  bool MarkSource(Via& via, const Endpoint& from);
  void Drop(const TraceLabel& why, absl::string_view what);

  NodeClock& clock_;
  Listener& listener_;
  TraceEntity entity_;
  std::unique_ptr<DatagramSocket> socket_;
  Transports transports_;
  IpAddress sent_by_address_;
  std::string sent_by_;
  Endpoint last_source_;  // of a request, and its texts
  std::string last_source_address_, last_source_port_;
  Counters counters_;
};

// Where the responses to a request go (§18.2.2; RFC 3581 §4). `via` is its top Via, `from` where
// it came from. Nothing when sent-by is a name and nothing better is known.
std::optional<Endpoint> ReplyEndpoint(const Via& via, const Endpoint& from);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSPORT_SIP_TRANSPORT_H_
