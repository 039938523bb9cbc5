#include "protocols/tls/client_handshake.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/tls/tls_labels.h"
#include "protocols/transport/ip_address.h"

namespace tickwire::tls {
namespace {

constexpr TraceLabel kWaitServerHello{"waits for ServerHello", "RFC 8446 A.1: WAIT_SH"};
constexpr TraceLabel kWaitEncryptedExtensions{"waits for EncryptedExtensions",
                                              "RFC 8446 A.1: WAIT_EE"};
constexpr TraceLabel kWaitCertificateOrRequest{"waits for Certificate or CertificateRequest",
                                               "RFC 8446 A.1: WAIT_CERT_CR"};
constexpr TraceLabel kWaitCertificateVerify{"waits for CertificateVerify", "RFC 8446 A.1: WAIT_CV"};
constexpr TraceLabel kWaitCertificate{"waits for Certificate", "RFC 5246 7.3"};
constexpr TraceLabel kWaitServerKeyExchange{"waits for ServerKeyExchange", "RFC 5246 7.3"};
constexpr TraceLabel kWaitServerHelloDone{"waits for ServerHelloDone", "RFC 5246 7.3"};
constexpr TraceLabel kWaitChangeCipherSpec{"waits for change_cipher_spec", "RFC 5246 7.3"};
constexpr TraceLabel kWaitFinished{"waits for Finished", "RFC 8446 A.1: WAIT_FINISHED"};
constexpr TraceLabel kDone{"handshake complete", "RFC 8446 A.1: CONNECTED"};

constexpr TraceLabel kSentHello{"ClientHello sent", "RFC 8446 4.1.2"};
constexpr TraceLabel kBadVersion{"version refused", "RFC 8446 4.1.3"};
constexpr TraceLabel kDowngrade{"downgrade", "RFC 8446 4.1.3: the server knows 1.3, as we do"};
constexpr TraceLabel kBadSuite{"cipher suite refused", "RFC 8446 4.1.3: not one that was offered"};
constexpr TraceLabel kRetry{"HelloRetryRequest", "RFC 8446 4.1.4: we have nothing else to offer"};
constexpr TraceLabel kOffersSession{"offers a session", "RFC 8446 4.2.11, RFC 5077 3.2"};

const TraceLabel& LabelOf(ClientHandshake::State state) {
  switch (state) {
    case ClientHandshake::State::kWaitServerHello:
      return kWaitServerHello;
    case ClientHandshake::State::kWaitEncryptedExtensions:
      return kWaitEncryptedExtensions;
    case ClientHandshake::State::kWaitCertificateOrRequest:
      return kWaitCertificateOrRequest;
    case ClientHandshake::State::kWaitCertificateVerify:
      return kWaitCertificateVerify;
    case ClientHandshake::State::kWaitCertificate:
      return kWaitCertificate;
    case ClientHandshake::State::kWaitServerKeyExchange:
      return kWaitServerKeyExchange;
    case ClientHandshake::State::kWaitServerHelloDone:
      return kWaitServerHelloDone;
    case ClientHandshake::State::kWaitChangeCipherSpec:
      return kWaitChangeCipherSpec;
    case ClientHandshake::State::kWaitFinished:
      return kWaitFinished;
    case ClientHandshake::State::kDone:
      return kDone;
  }
  return kDone;
}

}  // namespace

ClientHandshake::ClientHandshake(const Env& env, Rng rng, Peer peer)
    : Handshake(env, std::move(rng)), peer_(std::move(peer)) {}

void ClientHandshake::SetState(State next, const TraceLabel& reason) {
  state_ = next;
  host().TraceHandshake(LabelOf(next), reason);
}

void ClientHandshake::Start() {
  hello_ = MakeHello();
  OfferSession(hello_);
  client_random_ = hello_.random;
  std::vector<uint8_t> message = hello_.Serialize();
  if (hello_.pre_shared_key) {
    // The binder covers all before the binders, so it comes last.
    const size_t covered = message.size() - ClientHello::BindersSize(kVerifyDataSize13);
    hello_.pre_shared_key->binder =
        BinderOf(offered_->secret, std::span<const uint8_t>(message).first(covered));
    message = hello_.Serialize();
  }
  Say(message);
  SetState(State::kWaitServerHello, kSentHello);
}

ClientHello ClientHandshake::MakeHello() {
  const bool has_13 = config().max_version >= TlsVersion::k13;
  const bool has_12 = config().min_version <= TlsVersion::k12;
  ClientHello hello;
  FillRandom(hello.random);
  // RFC 6066 §3: names only, no addresses.
  if (!IpAddress::Parse(peer_.name)) hello.server_name = peer_.name;
  if (has_13) {
    hello.session_id = RandomText(32);  // §D.4
    hello.cipher_suites.push_back(static_cast<uint16_t>(CipherSuite::kAes128GcmSha256));
    hello.supported_versions.push_back(static_cast<uint16_t>(TlsVersion::k13));
    if (has_12) hello.supported_versions.push_back(static_cast<uint16_t>(TlsVersion::k12));
    KeyShare share;
    FillRandom(share);
    hello.key_share = share;
    hello.psk_dhe_ke = config().resumption && config().session_tickets;
  }
  if (has_12) {
    hello.cipher_suites.push_back(static_cast<uint16_t>(CipherSuite::kEcdheEcdsaAes128GcmSha256));
    if (config().resumption && config().session_tickets) hello.session_ticket = "";
  }
  hello.supported_groups = {kX25519};
  hello.signature_algorithms = {kEcdsaSecp256r1Sha256};
  return hello;
}

void ClientHandshake::OfferSession(ClientHello& hello) {
  if (!config().resumption) return;
  offered_ = sessions().Find(peer_.session_key, host().now());
  if (!offered_) return;
  const bool is_allowed =
      offered_->version >= config().min_version && offered_->version <= config().max_version;
  if (!is_allowed) return offered_.reset();
  if (offered_->version == TlsVersion::k13) {
    const auto age = static_cast<uint32_t>((host().now() - offered_->since).nanos() / 1'000'000);
    hello.pre_shared_key = {offered_->ticket, age + offered_->ticket_age_add,
                            std::vector<uint8_t>(kVerifyDataSize13)};
    sessions().Erase(peer_.session_key);  // §C.4: a ticket is used once
  } else if (!offered_->ticket.empty()) {
    hello.session_ticket = offered_->ticket;
    // RFC 5077 §3.4: by its echo we see whether the ticket was taken.
    if (hello.session_id.empty()) hello.session_id = RandomText(32);
  } else {
    hello.session_id = offered_->session_id;
  }
  host().Note(kOffersSession, kOffersSession.rule);
}

std::optional<Alert> ClientHandshake::OnMessage(const HandshakeReader::Message& message) {
  if (state_ == State::kWaitServerHello) {
    if (message.type != HandshakeType::kServerHello) return Unexpected(message.type);
    return OnServerHello(message);
  }
  return version_ == TlsVersion::k13 ? OnMessage13(message) : OnMessage12(message);
}

std::optional<Alert> ClientHandshake::OnServerHello(const HandshakeReader::Message& message) {
  const std::optional<ServerHello> hello = ServerHello::Parse(message.body());
  if (!hello) return Malformed("ServerHello");
  Hear(message);
  if (hello->is_retry_request) return Fail(Alert::kIllegalParameter, kRetry);
  if (hello->supported_version && hello->version() != TlsVersion::k13) {
    return Fail(Alert::kProtocolVersion, kBadVersion);
  }
  const TlsVersion version = hello->version();
  if (version > config().max_version || version < config().min_version) {
    return Fail(Alert::kProtocolVersion, kBadVersion);
  }
  if (version == TlsVersion::k12 && config().max_version >= TlsVersion::k13 &&
      SaysDowngrade(hello->random)) {
    return Fail(Alert::kIllegalParameter, kDowngrade);
  }
  const CipherSuite suite = version == TlsVersion::k13 ? CipherSuite::kAes128GcmSha256
                                                       : CipherSuite::kEcdheEcdsaAes128GcmSha256;
  if (hello->cipher_suite != static_cast<uint16_t>(suite)) {
    return Fail(Alert::kIllegalParameter, kBadSuite);
  }
  version_ = version;
  result_.version = version;
  server_random_ = hello->random;
  return version == TlsVersion::k13 ? Begin13(*hello) : Begin12(*hello);
}

std::optional<Alert> ClientHandshake::TakePeerCertificates(
    const HandshakeReader::Message& message) {
  const std::optional<DerCertificates> chain = ParseCertificates(*version_, message.body());
  // §4.4.2.4: a server has always one to show.
  if (!chain || chain->empty()) return Malformed("Certificate");
  const CheckedChain checked = CheckChain(*chain, config(), host().now(), peer_.name);
  if (checked.alert) return Fail(*checked.alert, labels::kCertificateRefused, checked.why);
  peer_certificate_ = checked.leaf;
  result_.session_limit = SimTime::Infinite();
  if (config().verify_peer) {
    result_.peer_names = SipIdentities(checked.leaf.certificate);
    result_.session_limit = checked.leaf.certificate.not_after;
  }
  Hear(message);
  return std::nullopt;
}

DerCertificates ClientHandshake::OwnCertificates() const {
  if (config().identities.empty()) return {};
  return EncodeIdentity(config().identities.front());
}

std::optional<Alert> ClientHandshake::OnChangeCipherSpec() {
  if (version_ != TlsVersion::k12 || state_ != State::kWaitChangeCipherSpec) {
    return Fail(Alert::kUnexpectedMessage, labels::kUnexpectedChangeCipherSpec);
  }
  host().SetReadKey(TlsVersion::k12, WriteKey12(/*of_client=*/false));
  SetState(State::kWaitFinished, labels::kChangeCipherSpecReceived);
  return std::nullopt;
}

void ClientHandshake::PrepareToFail() {
  if (version_ == TlsVersion::k13) ProtectWriting13();
}

}  // namespace tickwire::tls
