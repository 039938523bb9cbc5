// The client's way through 1.3 (RFC 8446 §2, §4): one round trip, with or without a pre-shared key.
#include <algorithm>

#include "protocols/tls/client_handshake.h"
#include "protocols/tls/tls_labels.h"

namespace tickwire::tls {
namespace {

constexpr TraceLabel kBadEcho{"session id not echoed", "RFC 8446 4.1.3: legacy_session_id_echo"};
constexpr TraceLabel kNoKeyShare{"no key share", "RFC 8446 4.2.8: one of those that were offered"};
constexpr TraceLabel kStrangePsk{"pre-shared key not offered", "RFC 8446 4.2.11"};

}  // namespace

std::optional<Alert> ClientHandshake::Begin13(const ServerHello& hello) {
  if (hello.session_id != hello_.session_id) return Fail(Alert::kIllegalParameter, kBadEcho);
  if (!hello.key_share) return Fail(Alert::kMissingExtension, kNoKeyShare);
  if (hello.takes_psk && !hello_.pre_shared_key) {
    return Fail(Alert::kIllegalParameter, kStrangePsk);
  }
  is_resumed_ = hello.takes_psk;
  std::optional<Secret> psk;
  if (is_resumed_) {
    psk = offered_->secret;
    result_.is_resumed = true;
    result_.peer_names = offered_->peer_names;
    result_.session_limit = offered_->until;
  }
  DeriveHandshakeSecret13(psk, *hello_.key_share, *hello.key_share);
  host().SetReadKey(TlsVersion::k13, HandshakeKey13(/*of_client=*/false));
  SetState(State::kWaitEncryptedExtensions,
           is_resumed_ ? labels::kSessionTaken : labels::kServerHelloReceived);
  return std::nullopt;
}

std::optional<Alert> ClientHandshake::OnMessage13(const HandshakeReader::Message& message) {
  const HandshakeType type = message.type;
  switch (state_) {
    case State::kWaitEncryptedExtensions:
      if (type != HandshakeType::kEncryptedExtensions) break;
      if (!ParseEncryptedExtensions(message.body())) return Malformed("EncryptedExtensions");
      Hear(message);
      // §4.3.2, §4.4.2: no certificates with a pre-shared key.
      SetState(is_resumed_ ? State::kWaitFinished : State::kWaitCertificateOrRequest,
               labels::kExtensionsReceived);
      return std::nullopt;
    case State::kWaitCertificateOrRequest: {
      if (type == HandshakeType::kCertificateRequest && !is_asked_for_certificate_) {
        if (!ParseCertificateRequest(TlsVersion::k13, message.body())) {
          return Malformed("CertificateRequest");
        }
        Hear(message);
        is_asked_for_certificate_ = true;
        return std::nullopt;
      }
      if (type != HandshakeType::kCertificate) break;
      const std::optional<Alert> alert = TakePeerCertificates(message);
      if (!alert) SetState(State::kWaitCertificateVerify, labels::kCertificateAccepted);
      return alert;
    }
    case State::kWaitCertificateVerify:
      if (type != HandshakeType::kCertificateVerify) break;
      return OnCertificateVerify13(message);
    case State::kWaitFinished:
      if (type != HandshakeType::kFinished) break;
      return OnFinished13(message);
    default:
      break;
  }
  return Unexpected(type);
}

std::optional<Alert> ClientHandshake::OnCertificateVerify13(
    const HandshakeReader::Message& message) {
  const auto signature = ParseCertificateVerify(message.body());
  if (!signature) return Malformed("CertificateVerify");
  if (!IsSignedBy(peer_certificate_.key, "server CertificateVerify", transcript_.Hash(),
                  *signature)) {
    return Fail(Alert::kDecryptError, labels::kBadSignature);
  }
  Hear(message);
  SetState(State::kWaitFinished, labels::kSignatureVerified);
  return std::nullopt;
}

std::optional<Alert> ClientHandshake::OnFinished13(const HandshakeReader::Message& message) {
  if (!std::ranges::equal(message.body(), VerifyData13(/*of_client=*/false))) {
    return Fail(Alert::kDecryptError, labels::kBadFinished);
  }
  Hear(message);
  DeriveApplicationKeys13();
  ProtectWriting13();
  if (is_asked_for_certificate_) {
    const DerCertificates own = OwnCertificates();
    Say(WriteCertificates(TlsVersion::k13, own));
    if (!own.empty()) {
      Say(WriteCertificateVerify(Sign(PublicKeyOf(config().identities.front().certificate),
                                      "client CertificateVerify", transcript_.Hash())));
    }
  }
  Say(WriteMessage(HandshakeType::kFinished, VerifyData13(/*of_client=*/true)));
  host().SetWriteKey(TlsVersion::k13, ApplicationKey13(/*of_client=*/true));
  host().SetReadKey(TlsVersion::k13, ApplicationKey13(/*of_client=*/false));
  result_.resumption_secret = ResumptionSecret13();
  SetState(State::kDone, labels::kFinishedReceived);
  host().OnHandshakeDone(result_);
  return std::nullopt;
}

void ClientHandshake::ProtectWriting13() {
  if (is_writing_protected_) return;
  is_writing_protected_ = true;
  host().SendChangeCipherSpec();
  host().SetWriteKey(TlsVersion::k13, HandshakeKey13(/*of_client=*/true));
}

}  // namespace tickwire::tls
