// ServerHandshake: a handshake as its server (RFC 8446 §2, appendix A.2; RFC 5246 §7.3).
//
// Takes the highest version that both speak and a session that it remembers; shows the identity
// that the client names, or the first (RFC 6066 §3). Asks for the client's certificate if
// configured; whose name stands in it decides nothing here (RFC 5922 §7.4): the user asks
// peer_names(). MODEL: no HelloRetryRequest: a client without a key share of x25519 is refused.
#ifndef TICKWIRE_PROTOCOLS_TLS_SERVER_HANDSHAKE_H_
#define TICKWIRE_PROTOCOLS_TLS_SERVER_HANDSHAKE_H_

#include <optional>
#include <string>

#include "protocols/tls/handshake.h"

namespace tickwire::tls {

class ServerHandshake final : public Handshake {
 public:
  enum class State : uint8_t {
    kWaitClientHello,
    kComputes,  // OnWorkDone() goes on
    kWaitCertificate,
    kWaitClientKeyExchange,  // 1.2
    kWaitCertificateVerify,
    kWaitChangeCipherSpec,  // 1.2
    kWaitFinished,
    kDone,
  };

  ServerHandshake(const Env& env, Rng rng);

  std::optional<Alert> OnMessage(const HandshakeReader::Message& message) override;
  std::optional<Alert> OnChangeCipherSpec() override;
  std::optional<Alert> OnWorkDone() override;

 private:
  void SetState(State next, const TraceLabel& reason);
  std::optional<Alert> OnClientHello(const HandshakeReader::Message& message);
  std::optional<Alert> ChooseVersion();
  // A session of the version that was chosen, if the client proves that it has it.
  std::optional<Alert> ChooseSession(const HandshakeReader::Message& message);
  const TlsConfig::Identity& ChooseIdentity() const;
  std::optional<Alert> OnCertificate(const HandshakeReader::Message& message);
  std::optional<Alert> OnCertificateVerify(const HandshakeReader::Message& message);
  std::optional<Alert> OnFinished(const HandshakeReader::Message& message);
  // Remembers the session under `key`.
  void StoreSession(const std::string& key, const Secret& secret, uint32_t age_add);
  uint32_t LifetimeSeconds() const;
  bool wants_certificate() const {
    return config().client_authentication != ClientAuthentication::kNone;
  }

  // server_handshake_12.cc
  void SendFlight12();
  void SendResumedFlight12();
  void SendFinished12();
  std::optional<Alert> OnClientKeyExchange(const HandshakeReader::Message& message);
  void Finish12();
  // server_handshake_13.cc
  void SendFlight13();
  void Finish13();

  State state_ = State::kWaitClientHello;
  ClientHello hello_;
  std::optional<TlsSession> session_;  // resumed
  ParsedCertificate peer_certificate_;
  KeyShare share_{};                    // 1.2: ours
  std::string session_id_;              // 1.2: given to this session
  bool has_shown_certificate_ = false;  // the client
  bool has_sent_finished_ = false;
};

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_SERVER_HANDSHAKE_H_
