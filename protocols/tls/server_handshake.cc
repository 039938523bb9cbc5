#include "protocols/tls/server_handshake.h"

#include <algorithm>
#include <utility>

#include "protocols/tls/tls_labels.h"

namespace tickwire::tls {
namespace {

constexpr TraceLabel kWaitClientHello{"waits for ClientHello", "RFC 8446 A.2: START"};
constexpr TraceLabel kComputes{"computes", "the configured time of a handshake"};
constexpr TraceLabel kWaitCertificate{"waits for Certificate", "RFC 8446 A.2: WAIT_CERT"};
constexpr TraceLabel kWaitClientKeyExchange{"waits for ClientKeyExchange", "RFC 5246 7.3"};
constexpr TraceLabel kWaitCertificateVerify{"waits for CertificateVerify", "RFC 8446 A.2: WAIT_CV"};
constexpr TraceLabel kWaitChangeCipherSpec{"waits for change_cipher_spec", "RFC 5246 7.3"};
constexpr TraceLabel kWaitFinished{"waits for Finished", "RFC 8446 A.2: WAIT_FINISHED"};
constexpr TraceLabel kDone{"handshake complete", "RFC 8446 A.2: CONNECTED"};

constexpr TraceLabel kAccepted{"connection accepted", "RFC 8446 A.2"};
constexpr TraceLabel kNoVersion{"no version in common", "RFC 8446 4.2.1"};
constexpr TraceLabel kNoSuite{"no parameters in common",
                              "RFC 8446 4.1.1: cipher suite, group, signature, key share"};
constexpr TraceLabel kNoIdentity{"no certificate configured", "RFC 8446 4.4.2.2"};
constexpr TraceLabel kPskNotLast{"pre_shared_key is not last", "RFC 8446 4.2.11"};
constexpr TraceLabel kBadBinder{"wrong binder", "RFC 8446 4.2.11.2"};
constexpr TraceLabel kCertificateMissing{"client without certificate", "RFC 8446 4.4.2.4"};

const TraceLabel& LabelOf(ServerHandshake::State state) {
  switch (state) {
    case ServerHandshake::State::kWaitClientHello:
      return kWaitClientHello;
    case ServerHandshake::State::kComputes:
      return kComputes;
    case ServerHandshake::State::kWaitCertificate:
      return kWaitCertificate;
    case ServerHandshake::State::kWaitClientKeyExchange:
      return kWaitClientKeyExchange;
    case ServerHandshake::State::kWaitCertificateVerify:
      return kWaitCertificateVerify;
    case ServerHandshake::State::kWaitChangeCipherSpec:
      return kWaitChangeCipherSpec;
    case ServerHandshake::State::kWaitFinished:
      return kWaitFinished;
    case ServerHandshake::State::kDone:
      return kDone;
  }
  return kDone;
}

bool Has(const std::vector<uint16_t>& list, uint16_t value) {
  return std::ranges::find(list, value) != list.end();
}

}  // namespace

ServerHandshake::ServerHandshake(const Env& env, Rng rng) : Handshake(env, std::move(rng)) {
  SetState(State::kWaitClientHello, kAccepted);
}

void ServerHandshake::SetState(State next, const TraceLabel& reason) {
  state_ = next;
  host().TraceHandshake(LabelOf(next), reason);
}

std::optional<Alert> ServerHandshake::OnMessage(const HandshakeReader::Message& message) {
  switch (state_) {
    case State::kWaitClientHello:
      if (message.type != HandshakeType::kClientHello) break;
      return OnClientHello(message);
    case State::kWaitCertificate:
      if (message.type != HandshakeType::kCertificate) break;
      return OnCertificate(message);
    case State::kWaitClientKeyExchange:
      if (message.type != HandshakeType::kClientKeyExchange) break;
      return OnClientKeyExchange(message);
    case State::kWaitCertificateVerify:
      if (message.type != HandshakeType::kCertificateVerify) break;
      return OnCertificateVerify(message);
    case State::kWaitFinished:
      if (message.type != HandshakeType::kFinished) break;
      return OnFinished(message);
    case State::kComputes:
    case State::kWaitChangeCipherSpec:
    case State::kDone:
      break;
  }
  return Unexpected(message.type);
}

std::optional<Alert> ServerHandshake::OnClientHello(const HandshakeReader::Message& message) {
  std::optional<ClientHello> hello = ClientHello::Parse(message.body());
  if (!hello) return Malformed("ClientHello");
  hello_ = *std::move(hello);
  client_random_ = hello_.random;
  if (const auto alert = ChooseVersion()) return alert;
  if (const auto alert = ChooseSession(message)) return alert;
  if (!session_ && config().identities.empty()) return Fail(Alert::kHandshakeFailure, kNoIdentity);
  Hear(message);
  FillRandom(server_random_);
  result_.version = *version_;
  if (*version_ == TlsVersion::k12 && config().max_version >= TlsVersion::k13) {
    std::ranges::copy(kDowngradeTo12, server_random_.end() - 8);
  }
  SetState(State::kComputes, session_ ? labels::kSessionTaken : labels::kClientHelloReceived);
  const Duration work = session_ ? config().resumption_time : config().handshake_time;
  if (work == Duration()) return OnWorkDone();
  host().Work(work);
  return std::nullopt;
}

std::optional<Alert> ServerHandshake::ChooseVersion() {
  for (const TlsVersion version : {TlsVersion::k13, TlsVersion::k12}) {
    const bool is_ours = version >= config().min_version && version <= config().max_version;
    if (is_ours && hello_.Offers(version)) {
      version_ = version;
      break;
    }
  }
  if (!version_) return Fail(Alert::kProtocolVersion, kNoVersion);
  const bool is_13 = *version_ == TlsVersion::k13;
  const bool fits = hello_.OffersSuite(is_13 ? CipherSuite::kAes128GcmSha256
                                             : CipherSuite::kEcdheEcdsaAes128GcmSha256) &&
                    Has(hello_.supported_groups, kX25519) &&
                    Has(hello_.signature_algorithms, kEcdsaSecp256r1Sha256) &&
                    (!is_13 || hello_.key_share);
  if (!fits) return Fail(Alert::kHandshakeFailure, kNoSuite);
  return std::nullopt;
}

std::optional<Alert> ServerHandshake::ChooseSession(const HandshakeReader::Message& message) {
  if (*version_ == TlsVersion::k13 && hello_.pre_shared_key && !hello_.psk_is_last) {
    return Fail(Alert::kIllegalParameter, kPskNotLast);
  }
  if (!config().resumption) return std::nullopt;
  std::optional<TlsSession> session;
  if (*version_ == TlsVersion::k13) {
    if (!hello_.pre_shared_key || !hello_.psk_dhe_ke) return std::nullopt;
    session = sessions().Find(hello_.pre_shared_key->identity, host().now());
  } else if (hello_.session_ticket && !hello_.session_ticket->empty()) {
    // Without an identifier there is nothing to show by that it was taken (RFC 5077 §3.4).
    if (!hello_.session_id.empty()) session = sessions().Find(*hello_.session_ticket, host().now());
  } else if (!hello_.session_id.empty()) {
    session = sessions().Find(hello_.session_id, host().now());
  }
  // A session that is not known, or of another version: a full handshake.
  if (!session || session->version != *version_) return std::nullopt;
  if (*version_ == TlsVersion::k13) {
    const size_t binders = ClientHello::BindersSize(hello_.pre_shared_key->binder.size());
    const std::span<const uint8_t> covered = message.whole.first(message.whole.size() - binders);
    if (BinderOf(session->secret, covered) != hello_.pre_shared_key->binder) {
      return Fail(Alert::kDecryptError, kBadBinder);
    }
    sessions().Erase(hello_.pre_shared_key->identity);  // each ticket counts once
  }
  session_ = std::move(session);
  result_.is_resumed = true;
  result_.peer_names = session_->peer_names;
  result_.session_limit = session_->until;
  return std::nullopt;
}

std::optional<Alert> ServerHandshake::OnWorkDone() {
  if (*version_ == TlsVersion::k13) {
    SendFlight13();
    SetState(wants_certificate() && !session_ ? State::kWaitCertificate : State::kWaitFinished,
             labels::kFlightSent);
  } else if (session_) {
    SendResumedFlight12();
    SetState(State::kWaitChangeCipherSpec, labels::kFlightSent);
  } else {
    SendFlight12();
    SetState(wants_certificate() ? State::kWaitCertificate : State::kWaitClientKeyExchange,
             labels::kFlightSent);
  }
  return std::nullopt;
}

const TlsConfig::Identity& ServerHandshake::ChooseIdentity() const {
  for (const TlsConfig::Identity& identity : config().identities) {
    if (IsFor(identity.certificate, hello_.server_name)) return identity;
  }
  return config().identities.front();
}

std::optional<Alert> ServerHandshake::OnCertificate(const HandshakeReader::Message& message) {
  const std::optional<DerCertificates> chain = ParseCertificates(*version_, message.body());
  if (!chain) return Malformed("Certificate");
  const bool is_13 = *version_ == TlsVersion::k13;
  const State next = is_13 ? State::kWaitFinished : State::kWaitClientKeyExchange;
  if (chain->empty()) {
    if (config().client_authentication == ClientAuthentication::kRequire) {
      // RFC 5246 §7.4.6: 1.2 has no alert of its own for it.
      return Fail(is_13 ? Alert::kCertificateRequired : Alert::kHandshakeFailure,
                  kCertificateMissing);
    }
    Hear(message);
    SetState(next, labels::kNoCertificate);
    return std::nullopt;
  }
  const CheckedChain checked = CheckChain(*chain, config(), host().now(), "");
  if (checked.alert) return Fail(*checked.alert, labels::kCertificateRefused, checked.why);
  peer_certificate_ = checked.leaf;
  has_shown_certificate_ = true;
  result_.session_limit = SimTime::Infinite();
  if (config().verify_peer) {
    result_.peer_names = SipIdentities(checked.leaf.certificate);
    result_.session_limit = checked.leaf.certificate.not_after;
  }
  Hear(message);
  SetState(is_13 ? State::kWaitCertificateVerify : next, labels::kCertificateAccepted);
  return std::nullopt;
}

std::optional<Alert> ServerHandshake::OnCertificateVerify(const HandshakeReader::Message& message) {
  const bool is_13 = *version_ == TlsVersion::k13;
  const auto signature = ParseCertificateVerify(message.body());
  if (!signature) return Malformed("CertificateVerify");
  if (!IsSignedBy(peer_certificate_.key,
                  is_13 ? "client CertificateVerify" : "client certificate verify",
                  transcript_.Hash(), *signature)) {
    return Fail(Alert::kDecryptError, labels::kBadSignature);
  }
  Hear(message);
  SetState(is_13 ? State::kWaitFinished : State::kWaitChangeCipherSpec, labels::kSignatureVerified);
  return std::nullopt;
}

std::optional<Alert> ServerHandshake::OnChangeCipherSpec() {
  if (version_ != TlsVersion::k12 || state_ != State::kWaitChangeCipherSpec) {
    return Fail(Alert::kUnexpectedMessage, labels::kUnexpectedChangeCipherSpec);
  }
  host().SetReadKey(TlsVersion::k12, WriteKey12(/*of_client=*/true));
  SetState(State::kWaitFinished, labels::kChangeCipherSpecReceived);
  return std::nullopt;
}

std::optional<Alert> ServerHandshake::OnFinished(const HandshakeReader::Message& message) {
  const bool is_13 = *version_ == TlsVersion::k13;
  const std::vector<uint8_t> expected =
      is_13 ? VerifyData13(/*of_client=*/true) : VerifyData12(/*of_client=*/true);
  if (!std::ranges::equal(message.body(), expected)) {
    return Fail(Alert::kDecryptError, labels::kBadFinished);
  }
  Hear(message);
  is_13 ? Finish13() : Finish12();
  SetState(State::kDone, labels::kFinishedReceived);
  host().OnHandshakeDone(result_);
  return std::nullopt;
}

uint32_t ServerHandshake::LifetimeSeconds() const {
  const Duration until_limit = result_.session_limit == SimTime{} ? config().session_lifetime
                                                                  : result_.session_limit - now();
  const Duration lifetime = std::clamp(std::min(config().session_lifetime, until_limit), Duration(),
                                       Duration::Seconds(7 * 86'400));
  return static_cast<uint32_t>(lifetime / Duration::Seconds(1));
}

void ServerHandshake::StoreSession(const std::string& key, const Secret& secret, uint32_t age_add) {
  TlsSession session;
  session.version = *version_;
  session.ticket = key;
  session.secret = secret;
  session.ticket_age_add = age_add;
  session.since = host().now();
  session.until = SaturatingAdd(session.since, Duration::Seconds(LifetimeSeconds()));
  session.peer_names = result_.peer_names;
  sessions().Store(key, std::move(session));
}

}  // namespace tickwire::tls
