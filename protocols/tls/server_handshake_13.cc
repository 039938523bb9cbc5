// The server's way through 1.3 (RFC 8446 §2, §4).
#include "protocols/tls/server_handshake.h"
#include "protocols/tls/tls_labels.h"

namespace tickwire::tls {

// ServerHello; then, protected: EncryptedExtensions, CertificateRequest if wanted, Certificate and
// CertificateVerify unless resumed, Finished.
void ServerHandshake::SendFlight13() {
  ServerHello hello;
  hello.random = server_random_;
  hello.session_id = hello_.session_id;
  hello.cipher_suite = static_cast<uint16_t>(CipherSuite::kAes128GcmSha256);
  hello.supported_version = static_cast<uint16_t>(TlsVersion::k13);
  FillRandom(share_);
  hello.key_share = share_;
  hello.takes_psk = session_.has_value();
  Say(hello.Serialize());
  // §D.4: where the client's hello looks like one of 1.2.
  if (!hello_.session_id.empty()) host().SendChangeCipherSpec();
  std::optional<Secret> psk;
  if (session_) psk = session_->secret;
  DeriveHandshakeSecret13(psk, *hello_.key_share, share_);
  host().SetWriteKey(TlsVersion::k13, HandshakeKey13(/*of_client=*/false));
  host().SetReadKey(TlsVersion::k13, HandshakeKey13(/*of_client=*/true));
  Say(WriteEncryptedExtensions(!session_ && !hello_.server_name.empty()));
  if (!session_) {
    if (wants_certificate()) Say(WriteCertificateRequest(TlsVersion::k13));
    const TlsConfig::Identity& identity = ChooseIdentity();
    Say(WriteCertificates(TlsVersion::k13, EncodeIdentity(identity)));
    Say(WriteCertificateVerify(
        Sign(PublicKeyOf(identity.certificate), "server CertificateVerify", transcript_.Hash())));
  }
  Say(WriteMessage(HandshakeType::kFinished, VerifyData13(/*of_client=*/false)));
  DeriveApplicationKeys13();
  host().SetWriteKey(TlsVersion::k13, ApplicationKey13(/*of_client=*/false));
}

// §4.6.1: a ticket, once the client has finished.
void ServerHandshake::Finish13() {
  host().SetReadKey(TlsVersion::k13, ApplicationKey13(/*of_client=*/true));
  result_.resumption_secret = ResumptionSecret13();
  const uint32_t lifetime = LifetimeSeconds();
  if (!config().resumption || !config().session_tickets || !hello_.psk_dhe_ke || lifetime == 0) {
    return;
  }
  NewSessionTicket ticket;
  ticket.lifetime_seconds = lifetime;
  std::array<uint8_t, 4> age_add;
  FillRandom(age_add);
  for (const uint8_t octet : age_add) ticket.age_add = ticket.age_add << 8 | octet;
  ticket.nonce = std::string(8, '\0');  // one ticket a connection
  ticket.ticket = RandomText(kTicketSize);
  host().SendMessage(WriteNewSessionTicket(TlsVersion::k13, ticket));
  StoreSession(ticket.ticket, TicketSecret13(result_.resumption_secret, ticket.nonce),
               ticket.age_add);
}

}  // namespace tickwire::tls
