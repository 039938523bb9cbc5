#include "protocols/sip/transport/sip_transport.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/message/rules.h"

namespace tickwire::sip {
namespace {

constexpr TraceLabel kSent{"sent"};
constexpr TraceLabel kReceived{"received"};
constexpr TraceLabel kUnreadable{"unreadable message dropped", "RFC 3261 18.3"};
constexpr TraceLabel kForeignResponse{"response for somebody else dropped", "RFC 3261 18.1.2"};
constexpr TraceLabel kNoWayBack{"request without a way back dropped", "RFC 3261 18.2.2"};
constexpr TraceLabel kRejected{"damaged request rejected", "RFC 3261 18.3"};
constexpr TraceLabel kBrokenStream{"request in a broken stream rejected", "RFC 3261 18.3"};
constexpr TraceLabel kForSize{"TCP for a large request", "RFC 3261 18.1.1"};
constexpr TraceLabel kTooLong{"message exceeds a datagram", "RFC 3261 18.1.1"};

std::span<const uint8_t> BytesOf(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Whether a header that must be alone is there twice. From, To, Call-ID, CSeq and Max-Forwards
// name the request, and nobody could say which one counts; of two lengths neither can be trusted.
bool HasRepeatedHeader(const SipMessage& message) {
  static_assert(kHeaderCount <= 128);
  constexpr auto kBit = [](HeaderId id) { return uint32_t{1} << (static_cast<uint32_t>(id) % 32); };
  constexpr uint32_t kWatched = kBit(IdOf<From>()) | kBit(IdOf<To>()) | kBit(IdOf<CallId>()) |
                                kBit(IdOf<CSeq>()) | kBit(IdOf<MaxForwards>()) |
                                kBit(IdOf<ContentLength>());
  static_assert(static_cast<size_t>(IdOf<ContentLength>()) < 32);  // all of them are in front
  uint32_t seen = 0;
  for (size_t i = 0; i < message.row_count(); ++i) {
    const HeaderId id = message.row(i).id;
    if (static_cast<size_t>(id) >= 32) continue;
    const uint32_t bit = kBit(id) & kWatched;
    if ((seen & bit) != 0) return true;
    seen |= bit;
  }
  return false;
}

// §19.1.1: a Request-URI has no header part; nobody may turn one into headers.
bool HasUriHeaders(absl::string_view request_uri) {
  if (request_uri.find('?') == absl::string_view::npos) return false;
  const std::optional<SipUri> uri = SipUri::Parse(request_uri);
  return uri.has_value() && !uri->headers.empty();
}

// The first rule that makes the message useless; null when it can be worked with. Other breaches
// (a bare LF) are forgiven.
const Rule* FatalRule(const ParseResult& parsed, const std::optional<Via>& via) {
  for (const Violation& violation : parsed.violations) {
    if (violation.rule != &rules::kLineEnd && violation.rule != &rules::kHeaderRow) {
      return violation.rule;
    }
  }
  const SipMessage& message = parsed.message;
  if (!EqualsIgnoreCase(message.version(), "SIP/2.0")) return &rules::kVersion;
  const std::optional<CSeq> cseq = message.Get<CSeq>();
  if (!cseq.has_value() || !via.has_value() || !message.Get<From>().has_value() ||
      !message.Get<To>().has_value() || !message.Get<CallId>().has_value()) {
    return &rules::kMandatoryHeader;
  }
  if (HasRepeatedHeader(message)) return &rules::kSingleHeader;
  if (!message.is_request()) return nullptr;
  if (cseq->method != message.method_name()) return &rules::kCSeqMethod;
  if (HasUriHeaders(message.request_uri())) return &rules::kRequestUriHeaders;
  return nullptr;
}

}  // namespace

std::optional<Endpoint> ReplyEndpoint(const Via& via, const Endpoint& from,
                                      TransportKind transport) {
  const uint16_t port = via.port_or_default();
  // RFC 7118 §5: a WebSocket client cannot be reached but by its own connection.
  if (IsWebSocket(transport)) return from;
  if (transport != TransportKind::kUdp) return Endpoint{from.address, port};
  if (const auto maddr = via.maddr()) {
    if (const std::optional<IpAddress> address = AddressOfHost(*maddr)) {
      return Endpoint{*address, port};
    }
  }
  if (via.has_rport()) return from;
  if (via.received().has_value()) return Endpoint{from.address, port};
  if (const std::optional<IpAddress> address = AddressOfHost(via.host)) {
    return Endpoint{*address, port};
  }
  return std::nullopt;
}

SipTransport::SipTransport(NodeClock& clock, Listener& listener, absl::string_view name)
    : clock_(clock),
      listener_(listener),
      entity_(clock.trace().NewEntity(absl::StrCat("sip transport ", name))) {}

SipTransport::~SipTransport() {
  for (const auto& [ticket, message] : locating_) locator_->Forget(*this, ticket);
}

absl::Status SipTransport::Open(const Below& below, const Endpoint& local,
                                const SipTransportConfig& config) {
  TW_CHECK(socket_ == nullptr);
  config_ = config;
  locator_ = below.locator;
  absl::StatusOr<std::unique_ptr<DatagramSocket>> socket = below.datagrams.Bind(local, *this);
  if (!socket.ok()) return socket.status();
  socket_ = *std::move(socket);
  if (below.streams == nullptr) return absl::OkStatus();
  if (config_.connections.websocket_port == 0) {
    config_.connections.websocket_port = socket_->local().port;
  }
  connections_ = std::make_unique<ConnectionTable>(
      clock_, static_cast<ConnectionTable::User&>(*this), *below.streams, config_.connections);
  for (const TransportKind kind : kSipTransports) {
    if (kind == TransportKind::kUdp || !config_.transports.Has(kind)) continue;
    if (kind == TransportKind::kWs && config_.websocket_port == 0) continue;
    if (kind == TransportKind::kWss && config_.secure_websocket_port == 0) continue;
    if (port(kind) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("SIP over ", ViaName(kind),
                                                     " wants the port after ",
                                                     socket_->local().port, ", and there is none"));
    }
    const absl::Status listens = connections_->Listen(kind, {local.address, port(kind)});
    if (!listens.ok()) {
      return {listens.code(), absl::StrCat("SIP over ", ViaName(kind), " wants port ", port(kind),
                                           ": ", listens.message())};
    }
  }
  return absl::OkStatus();
}

uint16_t SipTransport::port(TransportKind transport) const {
  return PortFor(transport, socket_->local().port, config_);
}

uint16_t PortFor(TransportKind transport, uint16_t own, const SipTransportConfig& config) {
  switch (transport) {
    case TransportKind::kTls:
    case TransportKind::kTlsSctp:
      return static_cast<uint16_t>(own + 1);
    case TransportKind::kWs:
      return config.websocket_port != 0 ? config.websocket_port : own;
    case TransportKind::kWss:
      return config.secure_websocket_port != 0 ? config.secure_websocket_port : own;
    default:
      return own;
  }
}

// --- Sending. ---

void SipTransport::Connect(const Hop& hop) {
  if (hop.transport == TransportKind::kUdp || connections_ == nullptr) return;
  connections_->Open(hop);
}

Hop SipTransport::ForSize(const Hop& hop, size_t octets) const {
  constexpr size_t kLimit = 1300, kMargin = 200;  // §18.1.1
  if (hop.transport != TransportKind::kUdp || connections_ == nullptr ||
      !config_.changes_for_size || !config_.transports.Has(TransportKind::kTcp) ||
      without_tcp_.contains(hop.remote)) {
    return hop;
  }
  std::optional<size_t> mtu = config_.path_mtu;
  if (!mtu.has_value()) mtu = socket_->PathMtu(hop.remote.address);
  const size_t limit = !mtu.has_value() ? kLimit : *mtu < kMargin ? 0 : *mtu - kMargin;
  if (octets <= limit) return hop;
  clock_.trace().Note(entity_, kForSize, ToString(hop.remote));
  Hop other = hop;
  other.transport = TransportKind::kTcp;
  return other;
}

void SipTransport::Send(const Hop& hop, absl::string_view wire) {
  if (hop.transport == TransportKind::kUdp) {
    if (wire.size() > DatagramSocket::max_payload()) {
      Drop(kTooLong, wire.substr(0, wire.find('\r')));
      return;
    }
    ++counters_.sent;
    clock_.trace().Message(entity_, kSent, BytesOf(wire));
    socket_->SendTo(hop.remote, BytesOf(wire));
    return;
  }
  ++counters_.sent;
  if (connections_ != nullptr) {
    const bool is_its_own_way_gone =
        hop.connection != 0 && connections_->Find(hop.connection) == nullptr;
    if (!is_its_own_way_gone && connections_->Send(hop, wire)) return;
    if (IsResponse(wire)) {
      TryNextWay({.hop = hop, .wire = std::string(wire)});
      return;
    }
  }
  ReportLater(hop, std::string(wire));
}

IpAddress SipTransport::SourceFor(const Endpoint& remote) const {
  const IpAddress bound = socket_->local().address;
  return bound.is_unspecified() ? socket_->SourceFor(remote.address) : bound;
}

absl::string_view SipTransport::SentBy(const Hop& hop) {
  const IpAddress address = SourceFor(hop.remote);
  const Endpoint own{address, port(hop.transport)};
  if (sent_by_.empty() || !(own == sent_by_endpoint_)) {
    sent_by_endpoint_ = own;
    sent_by_ = ToString(own);
  }
  return sent_by_;
}

// --- Receiving. ---

// Zeros behind the stored octets are what §18.3 calls extra: no message of ours has them.
void SipTransport::OnReceive(DatagramSocket&, Endpoint from, Endpoint to,
                             std::span<const uint8_t> payload, uint32_t /*zeros*/) {
  clock_.trace().Message(entity_, kReceived, payload);
  Receive(std::string(reinterpret_cast<const char*>(payload.data()), payload.size()), Hop{from},
          to.address);
}

void SipTransport::OnMessage(Connection& connection, absl::string_view wire) {
  IpAddress own = connection.local().address;
  if (own.is_unspecified()) own = SourceFor(connection.remote());
  Receive(std::string(wire), Hop{connection.remote(), connection.transport(), connection.id()},
          own);
}

void SipTransport::Receive(std::string wire, const Hop& way, const IpAddress& own) {
  ++counters_.received;
  ParseResult parsed = SipMessage::Parse(std::move(wire));
  if (parsed.message.is_request()) {
    ReceiveRequest(parsed, way);
  } else {
    ReceiveResponse(parsed, own);
  }
}

void SipTransport::ReceiveRequest(ParseResult& parsed, const Hop& way) {
  SipMessage& request = parsed.message;
  std::optional<Via> via = request.Get<Via>();
  const Rule* const broken = FatalRule(parsed, via);
  if (!via.has_value()) {
    // The only way back that is left is where it came from.
    RejectOrDrop(request, request.Has<Via>() ? broken : nullptr, way);
    return;
  }
  const bool is_marked = MarkSource(*via, way.remote);
  const std::optional<Endpoint> reply_to = ReplyEndpoint(*via, way.remote, way.transport);
  if (is_marked) request.ReplaceFirst(*via);  // from here on `via` is void
  if (!reply_to.has_value()) {
    Drop(kNoWayBack, request.start_line());
    return;
  }
  const Hop reply_hop{*reply_to, way.transport, way.connection};
  if (broken == nullptr) {
    listener_.OnRequest(std::move(request), reply_hop);
    return;
  }
  RejectOrDrop(request, broken, reply_hop);
}

// Answers statelessly what breaks a rule. An ACK is never answered (§17.1.1.3), and without a Via
// or CSeq nobody could match an answer.
void SipTransport::RejectOrDrop(const SipMessage& request, const Rule* broken,
                                const Hop& reply_to) {
  if (broken == nullptr || request.method() == Method::kAck || !request.Has<CSeq>()) {
    Drop(kUnreadable, broken == nullptr ? request.start_line() : broken->text);
    return;
  }
  clock_.trace().Note(entity_, kRejected, broken->text);
  Send(reply_to, MakeResponse(request, broken->status).Wire());
}

void SipTransport::ReceiveResponse(const ParseResult& parsed, const IpAddress& own) {
  const std::optional<Via> via = parsed.message.Get<Via>();
  if (const Rule* const broken = FatalRule(parsed, via)) {
    Drop(kUnreadable, broken->text);
    return;
  }
  const std::optional<IpAddress> sent_by = AddressOfHost(via->host);
  const std::optional<TransportKind> transport = TransportOfVia(via->transport);
  if (sent_by != own || !transport.has_value() || via->port_or_default() != port(*transport)) {
    Drop(kForeignResponse, parsed.message.start_line());
    return;
  }
  listener_.OnResponse(parsed.message);
}

// §18.3: nobody can tell where the next message begins, and the connection ends after this answer.
void SipTransport::OnBroken(Connection& connection, absl::string_view head, const TraceLabel& why) {
  const SipMessage request = SipMessage::Parse(std::string(head)).message;
  std::optional<Via> via = request.Get<Via>();
  if (!request.is_request() || request.method() == Method::kAck || !request.Has<CSeq>() ||
      !via.has_value()) {
    Drop(kUnreadable, why.name);
    return;
  }
  clock_.trace().Note(entity_, kBrokenStream, why.name);
  const int status = StreamFramer::IsTooLong(why) ? 513 : 400;  // §21.4.1, §21.5.7
  SipMessage response = MakeResponse(request, status);
  if (MarkSource(*via, connection.remote())) response.ReplaceFirst(*via);
  const Endpoint back = ReplyEndpoint(*via, connection.remote(), connection.transport())
                            .value_or(connection.remote());
  Send(Hop{back, connection.transport(), connection.id()}, response.Wire());
}

// §18.2.1, RFC 3581 §4: note in the top Via where the request really came from. False when it says
// so already.
bool SipTransport::MarkSource(Via& via, const Endpoint& from) {
  const bool wants_port = via.has_rport() && !via.rport().has_value();
  if (!wants_port && AddressOfHost(via.host) == from.address) return false;
  if (last_source_ != from || last_source_port_.empty()) {
    last_source_ = from;
    last_source_address_ = from.address.ToString();
    last_source_port_ = absl::StrCat(from.port);
  }
  via.params.Set("received", last_source_address_);
  if (wants_port) via.params.Set("rport", last_source_port_);
  return true;
}

void SipTransport::Drop(const TraceLabel& why, absl::string_view what) {
  ++counters_.dropped;
  clock_.trace().Note(entity_, why, what);
}

}  // namespace tickwire::sip
