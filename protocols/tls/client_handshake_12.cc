// The client's way through 1.2 (RFC 5246 §7.3, §7.4): two round trips, one when resumed.
#include <algorithm>
#include <utility>

#include "protocols/tls/client_handshake.h"
#include "protocols/tls/tls_labels.h"

namespace tickwire::tls {

std::optional<Alert> ClientHandshake::Begin12(const ServerHello& hello) {
  const bool offers_12 = offered_ && offered_->version == TlsVersion::k12;
  is_resumed_ = offers_12 && !hello.session_id.empty() && hello.session_id == hello_.session_id;
  if (is_resumed_) {
    master_ = offered_->secret;
    result_.is_resumed = true;
    result_.peer_names = offered_->peer_names;
    result_.session_limit = offered_->until;
    SetState(State::kWaitChangeCipherSpec, labels::kSessionTaken);
    return std::nullopt;
  }
  new_session_id_ = hello.session_id;
  SetState(State::kWaitCertificate, labels::kServerHelloReceived);
  return std::nullopt;
}

std::optional<Alert> ClientHandshake::OnMessage12(const HandshakeReader::Message& message) {
  const HandshakeType type = message.type;
  switch (state_) {
    case State::kWaitCertificate: {
      if (type != HandshakeType::kCertificate) break;
      const std::optional<Alert> alert = TakePeerCertificates(message);
      if (!alert) SetState(State::kWaitServerKeyExchange, labels::kCertificateAccepted);
      return alert;
    }
    case State::kWaitServerKeyExchange:
      if (type != HandshakeType::kServerKeyExchange) break;
      return OnServerKeyExchange(message);
    case State::kWaitServerHelloDone:
      if (type == HandshakeType::kCertificateRequest && !is_asked_for_certificate_) {
        if (!ParseCertificateRequest(TlsVersion::k12, message.body())) {
          return Malformed("CertificateRequest");
        }
        Hear(message);
        is_asked_for_certificate_ = true;
        return std::nullopt;
      }
      if (type != HandshakeType::kServerHelloDone) break;
      if (!message.body().empty()) return Malformed("ServerHelloDone");
      Hear(message);
      SendSecondFlight12();
      SetState(State::kWaitChangeCipherSpec, labels::kFinishedSent);
      return std::nullopt;
    case State::kWaitChangeCipherSpec:
      if (type != HandshakeType::kNewSessionTicket || new_ticket_) break;
      return OnTicket12(message);
    case State::kWaitFinished:
      if (type != HandshakeType::kFinished) break;
      return OnFinished12(message);
    default:
      break;
  }
  return Unexpected(type);
}

std::optional<Alert> ClientHandshake::OnServerKeyExchange(const HandshakeReader::Message& message) {
  const std::optional<ServerKeyExchange> exchange = ParseServerKeyExchange(message.body());
  if (!exchange) return Malformed("ServerKeyExchange");
  if (!IsSignedBy(peer_certificate_.key, "server key exchange",
                  SignedKeyExchange12(exchange->share), exchange->signature)) {
    return Fail(Alert::kDecryptError, labels::kBadSignature);
  }
  Hear(message);
  server_share_ = exchange->share;
  SetState(State::kWaitServerHelloDone, labels::kKeysReceived);
  return std::nullopt;
}

// Certificate if asked, ClientKeyExchange, CertificateVerify if one was shown, change_cipher_spec,
// Finished.
void ClientHandshake::SendSecondFlight12() {
  DerCertificates own;
  if (is_asked_for_certificate_) {
    own = OwnCertificates();
    Say(WriteCertificates(TlsVersion::k12, own));
  }
  KeyShare share;
  FillRandom(share);
  Say(WriteClientKeyExchange(share));
  DeriveMaster12(share, server_share_);
  if (!own.empty()) {
    Say(WriteCertificateVerify(Sign(PublicKeyOf(config().identities.front().certificate),
                                    "client certificate verify", transcript_.Hash())));
  }
  SendFinished12();
}

void ClientHandshake::SendFinished12() {
  host().SendChangeCipherSpec();
  host().SetWriteKey(TlsVersion::k12, WriteKey12(/*of_client=*/true));
  Say(WriteMessage(HandshakeType::kFinished, VerifyData12(/*of_client=*/true)));
  has_sent_finished_ = true;
}

std::optional<Alert> ClientHandshake::OnTicket12(const HandshakeReader::Message& message) {
  new_ticket_ = ParseNewSessionTicket(TlsVersion::k12, message.body());
  if (!new_ticket_) return Malformed("NewSessionTicket");
  Hear(message);
  return std::nullopt;
}

std::optional<Alert> ClientHandshake::OnFinished12(const HandshakeReader::Message& message) {
  if (!std::ranges::equal(message.body(), VerifyData12(/*of_client=*/false))) {
    return Fail(Alert::kDecryptError, labels::kBadFinished);
  }
  Hear(message);
  if (!has_sent_finished_) SendFinished12();  // resumed: the server was first
  const bool has_ticket = new_ticket_ && !new_ticket_->ticket.empty();
  if (config().resumption && (has_ticket || (!is_resumed_ && !new_session_id_.empty()))) {
    TlsSession session;
    session.version = TlsVersion::k12;
    if (has_ticket) session.ticket = new_ticket_->ticket;
    session.session_id = new_session_id_;
    session.secret = master_;
    session.since = host().now();
    const Duration lifetime =
        has_ticket && new_ticket_->lifetime_seconds != 0
            ? std::min(config().session_lifetime, Duration::Seconds(new_ticket_->lifetime_seconds))
            : config().session_lifetime;
    session.until = std::min(SaturatingAdd(session.since, lifetime), result_.session_limit);
    session.peer_names = result_.peer_names;
    sessions().Store(peer_.session_key, std::move(session));
  }
  SetState(State::kDone, labels::kFinishedReceived);
  host().OnHandshakeDone(result_);
  return std::nullopt;
}

}  // namespace tickwire::tls
