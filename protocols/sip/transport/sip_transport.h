// SipTransport: the transport layer of one SIP element (RFC 3261 §18).
//
// Sends and receives over UDP (with rport, RFC 3581) and, given streams, over TCP, TLS, SCTP (RFC
// 4168) and WebSocket (RFC 7118). Marks requests with where they really came from, finds the way
// back for responses, and reports each message to the trace. What cannot be read is dropped with a
// note; a request that is damaged but answerable gets its 4xx or 5xx from here, without a
// transaction (§18.3). Owns the socket and the connections.
// MODEL: maddr is obeyed without multicast TTLs.
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSPORT_SIP_TRANSPORT_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSPORT_SIP_TRANSPORT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "protocols/sip/locate/server_locator.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/transport/connection_table.h"
#include "protocols/sip/transport/message_transport.h"
#include "protocols/sip/transport/transport_names.h"
#include "protocols/transport/datagram_socket.h"
#include "sim_core/event/node_clock.h"

namespace tickwire::sip {

struct SipTransportConfig {
  // UDP is always there (§18: every element implements it). It listens for all of these but
  // WebSocket, which needs a port of its own.
  Transports transports;
  ConnectionTable::Config connections;
  uint16_t websocket_port = 0;         // a server's; 0: nobody can open one to us
  uint16_t secure_websocket_port = 0;  // likewise
  bool changes_for_size = true;        // §18.1.1
  std::optional<size_t> path_mtu;      // octets, where it is known; else 1300 is the limit
};

// Where an element whose port is `own` listens for `transport`.
uint16_t PortFor(TransportKind transport, uint16_t own, const SipTransportConfig& config);

class SipTransport final : public MessageTransport,
                           private DatagramSocket::Listener,
                           private ConnectionTable::User,
                           private ServerLocator::Client {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    // Via, From, To, Call-ID and CSeq are there and well-formed. Responses go to `reply_to`.
    virtual void OnRequest(SipMessage&& request, const Hop& reply_to) = 0;
    // The top Via is ours, and well-formed as the rest.
    virtual void OnResponse(const SipMessage& response) = 0;
    // §18.4: nothing gets there. What was sent that way and is not answered has failed. A hop with
    // a connection: the response to what came by it.
    virtual void OnTransportError(const Hop& hop) = 0;
    // The same of one message: `wire` could not be handed over. Others may have more luck.
    virtual void OnUndelivered(const Hop& hop, absl::string_view wire) = 0;
  };
  struct Counters {
    uint64_t sent = 0;
    uint64_t received = 0;
    uint64_t dropped = 0;  // unreadable, or too large to send
  };

  // All must outlive this. `name` is that of the element in the trace, unique within the node.
  SipTransport(NodeClock& clock, Listener& listener, absl::string_view name);
  ~SipTransport() override;

  // What it stands on. All must outlive this.
  struct Below {
    DatagramStack& datagrams;
    TransportStack* streams = nullptr;  // null: UDP only
    ServerLocator* locator = nullptr;   // for responses that their way back refuses (RFC 3263 §5)
  };
  // Binds and listens. Called once, before anything else. `local.port` is that of UDP, TCP and
  // SCTP; TLS listens one above (§19.1.2: 5060 and 5061).
  absl::Status Open(const Below& below, const Endpoint& local, const SipTransportConfig& config);
  absl::Status Open(DatagramStack& stack, const Endpoint& local) {
    return Open({.datagrams = stack}, local, {});
  }
  // Opens a connection for what will be sent there. No effect for UDP.
  void Connect(const Hop& hop);

  void Send(const Hop& hop, absl::string_view wire) override;

  // Where we listen for `transport`: what our Via, Contact and Record-Route say.
  uint16_t port(TransportKind transport) const;
  // "192.0.2.1:5060": the sent-by of our Via to a peer there, and the host of our Contact. The view
  // is good until the next call.
  absl::string_view SentBy(const Hop& hop);
  // What we speak, and what we take where no URI and no record decides.
  const Transports& transports() const { return config_.transports; }
  // §18.1.1: `hop`, or the same by a transport that does its own congestion control when a request
  // of `octets` is too large for UDP and we have one there. Nothing changes once the other side has
  // refused it.
  Hop ForSize(const Hop& hop, size_t octets) const;
  // The address part of it, for the session description.
  IpAddress SourceFor(const Endpoint& remote) const;
  const Counters& counters() const { return counters_; }
  // Null with UDP only.
  const ConnectionTable* connections() const { return connections_.get(); }

 private:
  void OnReceive(DatagramSocket& socket, Endpoint from, Endpoint to,
                 std::span<const uint8_t> payload, uint32_t zeros) override;
  void OnError(DatagramSocket& socket, Endpoint remote, DatagramError error) override;

  // ConnectionTable::User
  void OnMessage(Connection& connection, absl::string_view wire) override;
  void OnBroken(Connection& connection, absl::string_view head, const TraceLabel& why) override;
  void OnUndelivered(Connection::Unsent&& message) override;
  void OnFailed(const Connection& connection, CloseReason reason) override;
  // ServerLocator::Client
  void OnLocated(uint64_t ticket, std::span<const Hop> hops) override;

  // A message that came by `way`: its remote is the other end.
  void Receive(std::string wire, const Hop& way, const IpAddress& own);
  void ReceiveRequest(ParseResult& parsed, const Hop& way);
  void ReceiveResponse(const ParseResult& parsed, const IpAddress& own);
  void RejectOrDrop(const SipMessage& request, const Rule* broken, const Hop& reply_to);
  void TryNextWay(Connection::Unsent&& response);
  void ReportLater(const Hop& hop, std::string wire);
  static void OnReport(tickwire::Event& event);
  bool MarkSource(Via& via, const Endpoint& from);
  void Drop(const TraceLabel& why, absl::string_view what);

  struct Report : tickwire::Event {
    explicit Report(SipTransport& owner)
        : tickwire::Event(&SipTransport::OnReport), transport(owner) {}
    SipTransport& transport;
  };

  NodeClock& clock_;
  Listener& listener_;
  TraceEntity entity_;
  SipTransportConfig config_;
  ServerLocator* locator_ = nullptr;
  std::unique_ptr<DatagramSocket> socket_;
  std::unique_ptr<ConnectionTable> connections_;     // null: UDP only
  std::map<uint64_t, Connection::Unsent> locating_;  // responses, by ticket
  uint64_t last_ticket_ = 0;
  std::set<Endpoint> without_tcp_;                     // they refused it
  std::vector<std::pair<Hop, std::string>> failures_;  // not reported yet
  Report report_{*this};
  Endpoint sent_by_endpoint_;
  std::string sent_by_;
  Endpoint last_source_;  // of a request, and its texts
  std::string last_source_address_, last_source_port_;
  Counters counters_;
};

// Where the responses to a request go (§18.2.2; RFC 3581 §4): over UDP, or when the connection is
// gone. `via` is its top Via, `from` where it came from by `transport`. Nothing when sent-by is a
// name and nothing better is known.
std::optional<Endpoint> ReplyEndpoint(const Via& via, const Endpoint& from,
                                      TransportKind transport = TransportKind::kUdp);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSPORT_SIP_TRANSPORT_H_
