// The server's way through 1.2 (RFC 5246 §7.3, §7.4; RFC 5077 §3): sessions by ticket or
// identifier.
#include "protocols/tls/server_handshake.h"
#include "protocols/tls/tls_labels.h"

namespace tickwire::tls {

// ServerHello, Certificate, ServerKeyExchange, CertificateRequest if wanted, ServerHelloDone.
void ServerHandshake::SendFlight12() {
  const bool may_resume = config().resumption;
  const bool asks_for_ticket = hello_.session_ticket.has_value();
  ServerHello hello;
  hello.random = server_random_;
  hello.cipher_suite = static_cast<uint16_t>(CipherSuite::kEcdheEcdsaAes128GcmSha256);
  hello.sends_ticket = may_resume && config().session_tickets && asks_for_ticket;
  if (may_resume && !hello.sends_ticket) session_id_ = RandomText(32);
  hello.session_id = session_id_;
  Say(hello.Serialize());
  const TlsConfig::Identity& identity = ChooseIdentity();
  Say(WriteCertificates(TlsVersion::k12, EncodeIdentity(identity)));
  FillRandom(share_);
  Say(WriteServerKeyExchange({share_, Sign(PublicKeyOf(identity.certificate), "server key exchange",
                                           SignedKeyExchange12(share_))}));
  if (wants_certificate()) Say(WriteCertificateRequest(TlsVersion::k12));
  Say(WriteMessage(HandshakeType::kServerHelloDone, {}));
}

// ServerHello with the client's identifier, change_cipher_spec, Finished.
void ServerHandshake::SendResumedFlight12() {
  master_ = session_->secret;
  ServerHello hello;
  hello.random = server_random_;
  hello.session_id = hello_.session_id;
  hello.cipher_suite = static_cast<uint16_t>(CipherSuite::kEcdheEcdsaAes128GcmSha256);
  Say(hello.Serialize());
  SendFinished12();
}

void ServerHandshake::SendFinished12() {
  host().SendChangeCipherSpec();
  host().SetWriteKey(TlsVersion::k12, WriteKey12(/*of_client=*/false));
  Say(WriteMessage(HandshakeType::kFinished, VerifyData12(/*of_client=*/false)));
  has_sent_finished_ = true;
}

std::optional<Alert> ServerHandshake::OnClientKeyExchange(const HandshakeReader::Message& message) {
  const std::optional<KeyShare> share = ParseClientKeyExchange(message.body());
  if (!share) return Malformed("ClientKeyExchange");
  Hear(message);
  DeriveMaster12(*share, share_);
  SetState(has_shown_certificate_ ? State::kWaitCertificateVerify : State::kWaitChangeCipherSpec,
           labels::kKeysReceived);
  return std::nullopt;
}

void ServerHandshake::Finish12() {
  if (has_sent_finished_) return;  // resumed
  const bool gives_ticket =
      config().resumption && config().session_tickets && hello_.session_ticket.has_value();
  if (gives_ticket) {
    const std::string ticket = RandomText(kTicketSize);
    NewSessionTicket message;
    message.lifetime_seconds = LifetimeSeconds();
    message.ticket = ticket;
    Say(WriteNewSessionTicket(TlsVersion::k12, message));
    StoreSession(ticket, master_, 0);
  } else if (!session_id_.empty()) {
    StoreSession(session_id_, master_, 0);
  }
  SendFinished12();
}

}  // namespace tickwire::tls
