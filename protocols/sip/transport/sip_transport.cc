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
constexpr TraceLabel kTooLong{"message exceeds a datagram", "RFC 3261 18.1.1"};
constexpr TraceLabel kUnreachable{"network reports an error", "RFC 3261 18.4"};

std::span<const uint8_t> BytesOf(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// A host of a Via or URI that is an address: IPv6 with or without brackets.
std::optional<IpAddress> AddressOf(absl::string_view host) {
  if (host.size() >= 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  return IpAddress::Parse(host);
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

// §18.4 and RFC 1122 §4.1.3.3: time exceeded is soft, and a message too big is our own matter.
bool IsHard(DatagramError error) {
  return error != DatagramError::kTimeExceeded && error != DatagramError::kMessageTooBig;
}

}  // namespace

std::optional<Endpoint> ReplyEndpoint(const Via& via, const Endpoint& from) {
  const uint16_t port = via.port_or_default();
  if (const auto maddr = via.maddr()) {
    if (const std::optional<IpAddress> address = AddressOf(*maddr)) return Endpoint{*address, port};
  }
  if (via.has_rport()) return from;
  if (via.received().has_value()) return Endpoint{from.address, port};
  if (const std::optional<IpAddress> address = AddressOf(via.host)) return Endpoint{*address, port};
  return std::nullopt;
}

SipTransport::SipTransport(NodeClock& clock, Listener& listener, absl::string_view name)
    : clock_(clock),
      listener_(listener),
      entity_(clock.trace().NewEntity(absl::StrCat("sip transport ", name))) {}

absl::Status SipTransport::Open(DatagramStack& stack, const Endpoint& local) {
  TW_CHECK(socket_ == nullptr);
  absl::StatusOr<std::unique_ptr<DatagramSocket>> socket = stack.Bind(local, *this);
  if (!socket.ok()) return socket.status();
  socket_ = *std::move(socket);
  return absl::OkStatus();
}

void SipTransport::Send(const Hop& hop, absl::string_view wire) {
  if (wire.size() > DatagramSocket::max_payload()) {
    Drop(kTooLong, wire.substr(0, wire.find('\r')));
    return;
  }
  ++counters_.sent;
  clock_.trace().Message(entity_, kSent, BytesOf(wire));
  socket_->SendTo(hop.remote, BytesOf(wire));
}

IpAddress SipTransport::SourceFor(const Endpoint& remote) const {
  const IpAddress bound = socket_->local().address;
  return bound.is_unspecified() ? socket_->SourceFor(remote.address) : bound;
}

uint16_t SipTransport::port(TransportKind) const { return socket_->local().port; }

Hop SipTransport::ForSize(const Hop& hop, size_t) const { return hop; }

absl::string_view SipTransport::SentBy(const Hop& hop) {
  const IpAddress address = SourceFor(hop.remote);
  if (sent_by_.empty() || !(address == sent_by_address_)) {
    sent_by_address_ = address;
    sent_by_ = ToString(Endpoint{address, socket_->local().port});
  }
  return sent_by_;
}

// Zeros behind the stored octets are what §18.3 calls extra: no message of ours has them.
void SipTransport::OnReceive(DatagramSocket&, Endpoint from, Endpoint to,
                             std::span<const uint8_t> payload, uint32_t /*zeros*/) {
  ++counters_.received;
  clock_.trace().Message(entity_, kReceived, payload);
  ParseResult parsed =
      SipMessage::Parse(std::string(reinterpret_cast<const char*>(payload.data()), payload.size()));
  if (parsed.message.is_request()) {
    ReceiveRequest(parsed, from);
  } else {
    ReceiveResponse(parsed, to);
  }
}

void SipTransport::ReceiveRequest(ParseResult& parsed, const Endpoint& from) {
  SipMessage& request = parsed.message;
  std::optional<Via> via = request.Get<Via>();
  const Rule* const broken = FatalRule(parsed, via);
  if (!via.has_value()) {
    // The only way back that is left is where it came from.
    RejectOrDrop(request, request.Has<Via>() ? broken : nullptr, from);
    return;
  }
  const bool is_marked = MarkSource(*via, from);
  const std::optional<Endpoint> reply_to = ReplyEndpoint(*via, from);
  if (is_marked) request.ReplaceFirst(*via);  // from here on `via` is void
  if (!reply_to.has_value()) {
    Drop(kNoWayBack, request.start_line());
    return;
  }
  if (broken == nullptr) {
    listener_.OnRequest(std::move(request), Hop{*reply_to});
    return;
  }
  RejectOrDrop(request, broken, *reply_to);
}

// Answers statelessly what breaks a rule. An ACK is never answered (§17.1.1.3), and without a Via
// or CSeq nobody could match an answer.
void SipTransport::RejectOrDrop(const SipMessage& request, const Rule* broken,
                                const Endpoint& reply_to) {
  if (broken == nullptr || request.method() == Method::kAck || !request.Has<CSeq>()) {
    Drop(kUnreadable, broken == nullptr ? request.start_line() : broken->text);
    return;
  }
  clock_.trace().Note(entity_, kRejected, broken->text);
  Send(Hop{reply_to}, MakeResponse(request, broken->status).Wire());
}

void SipTransport::ReceiveResponse(const ParseResult& parsed, const Endpoint& to) {
  const std::optional<Via> via = parsed.message.Get<Via>();
  if (const Rule* const broken = FatalRule(parsed, via)) {
    Drop(kUnreadable, broken->text);
    return;
  }
  const std::optional<IpAddress> sent_by = AddressOf(via->host);
  if (sent_by != to.address || via->port_or_default() != to.port) {
    Drop(kForeignResponse, parsed.message.start_line());
    return;
  }
  listener_.OnResponse(parsed.message);
}

// §18.2.1, RFC 3581 §4: note in the top Via where the request really came from. False when it says
// so already.
bool SipTransport::MarkSource(Via& via, const Endpoint& from) {
  const bool wants_port = via.has_rport() && !via.rport().has_value();
  if (!wants_port && AddressOf(via.host) == from.address) return false;
  if (last_source_ != from || last_source_port_.empty()) {
    last_source_ = from;
    last_source_address_ = from.address.ToString();
    last_source_port_ = absl::StrCat(from.port);
  }
  via.params.Set("received", last_source_address_);
  if (wants_port) via.params.Set("rport", last_source_port_);
  return true;
}

void SipTransport::OnError(DatagramSocket&, Endpoint remote, DatagramError error) {
  clock_.trace().Note(entity_, kUnreachable, ToString(remote));
  if (IsHard(error)) listener_.OnTransportError(Hop{remote});
}

void SipTransport::Drop(const TraceLabel& why, absl::string_view what) {
  ++counters_.dropped;
  clock_.trace().Note(entity_, why, what);
}

}  // namespace tickwire::sip
