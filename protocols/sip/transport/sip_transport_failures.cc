// What SipTransport does when something cannot be delivered: the other ways of a response, and who
// hears of the rest (RFC 3261 §18.2.2, §18.4).
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/transport/sip_transport.h"

namespace tickwire::sip {
namespace {

constexpr TraceLabel kOtherWay{"response tries another way", "RFC 3261 18.2.2, RFC 3263 5"};
constexpr TraceLabel kUndeliverable{"message cannot be delivered", "RFC 3261 18.4"};
constexpr TraceLabel kNoTcp{"peer refuses TCP: UDP whatever the size", "RFC 3261 18.1.1"};
constexpr TraceLabel kUnreachable{"network reports an error", "RFC 3261 18.4"};

// Responses that may wait for the locator at a time; beyond, they are given up.
constexpr size_t kMaxLocating = 10'000;
// Peers without TCP that are remembered; beyond, all are forgotten and learnt again.
constexpr size_t kMaxWithoutTcp = 10'000;

// The best one last, without the one that failed.
void TakeAlternatives(Connection::Detour& detour, std::span<const Hop> hops) {
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    if (hop->remote != detour.original.remote && hop->transport == detour.original.transport) {
      detour.alternatives.push_back(*hop);
    }
  }
}

// §18.4 and RFC 1122 §4.1.3.3: time exceeded is soft, and a message too big is our own matter.
bool IsHard(DatagramError error) {
  return error != DatagramError::kTimeExceeded && error != DatagramError::kMessageTooBig;
}

}  // namespace

// §18.2.2: the connection of the request; then a new one to its sender; then what RFC 3263 §5
// makes of sent-by.
void SipTransport::TryNextWay(Connection::Unsent&& response) {
  if (response.detour == nullptr) {
    response.detour = std::make_unique<Connection::Detour>();
    response.detour->original = response.hop;
    if (response.hop.connection != 0) {
      Hop direct = response.hop;
      direct.connection = 0;
      clock_.trace().Note(entity_, kOtherWay, ToString(direct.remote));
      auto detour = std::make_unique<Connection::Detour>(*response.detour);
      if (connections_->Send(direct, response.wire, std::move(detour))) return;
    }
  }
  Connection::Detour& detour = *response.detour;
  if (!detour.is_located && locator_ != nullptr) {
    detour.is_located = true;
    const SipMessage message = SipMessage::Parse(response.wire).message;
    const std::optional<Via> via = message.Get<Via>();
    if (via.has_value() && locating_.size() < kMaxLocating) {
      std::vector<Hop> hops;
      const uint64_t ticket = ++last_ticket_;
      if (!locator_->LocateSentBy(detour.original.transport, via->host, via->port,
                                  config_.transports, hops, *this, ticket)) {
        locating_.emplace(ticket, std::move(response));
        return;
      }
      TakeAlternatives(detour, hops);
    }
  }
  while (!detour.alternatives.empty()) {
    const Hop next = detour.alternatives.back();
    detour.alternatives.pop_back();
    clock_.trace().Note(entity_, kOtherWay, ToString(next.remote));
    auto copy = std::make_unique<Connection::Detour>(detour);
    if (connections_->Send(next, response.wire, std::move(copy))) return;
  }
  ReportLater(detour.original, std::move(response.wire));
}

void SipTransport::OnLocated(uint64_t ticket, std::span<const Hop> hops) {
  const auto found = locating_.find(ticket);
  TW_CHECK(found != locating_.end());
  Connection::Unsent response = std::move(found->second);
  locating_.erase(found);
  TakeAlternatives(*response.detour, hops);
  TryNextWay(std::move(response));
}

void SipTransport::ReportLater(const Hop& hop, std::string wire) {
  if (clock_.trace().is_watched()) {
    clock_.trace().Note(entity_, kUndeliverable,
                        absl::StrCat(ViaName(hop.transport), " ", ToString(hop.remote)));
  }
  failures_.emplace_back(hop, std::move(wire));
  if (!report_.is_queued()) clock_.Schedule(report_, clock_.now());
}

void SipTransport::OnReport(tickwire::Event& event) {
  SipTransport& self = static_cast<Report&>(event).transport;
  for (const auto& [hop, wire] : std::exchange(self.failures_, {})) {
    self.listener_.OnUndelivered(hop, wire);
  }
}

void SipTransport::OnUndelivered(Connection::Unsent&& message) {
  if (IsResponse(message.wire)) {
    TryNextWay(std::move(message));
  } else {
    ReportLater(message.hop, std::move(message.wire));
  }
}

void SipTransport::OnFailed(const Connection& connection, CloseReason reason) {
  // §18.1.1: a peer of RFC 2543 may not have TCP. An ICMP "protocol unreachable" is a hard error.
  if (connection.transport() == TransportKind::kTcp && !connection.has_opened() &&
      connection.opener() == Connection::Opener::kUs &&
      (reason == CloseReason::kRefused || reason == CloseReason::kReset ||
       reason == CloseReason::kUnreachable)) {
    if (without_tcp_.size() >= kMaxWithoutTcp) without_tcp_.clear();
    if (without_tcp_.insert(connection.remote()).second) {
      clock_.trace().Note(entity_, kNoTcp, ToString(connection.remote()));
    }
  }
  listener_.OnTransportError(
      Hop{connection.remote(), connection.transport(), 0, connection.domain()});
}

// MODEL: of a response only its transaction hears; it is not sent to another server (RFC 3263 §5),
// since ICMP does not say which message it was.
void SipTransport::OnError(DatagramSocket&, Endpoint remote, DatagramError error) {
  clock_.trace().Note(entity_, kUnreachable, ToString(remote));
  if (IsHard(error)) listener_.OnTransportError(Hop{remote});
}

}  // namespace tickwire::sip
