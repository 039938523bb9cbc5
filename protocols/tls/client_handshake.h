// ClientHandshake: a handshake as its client (RFC 8446 §2, appendix A.1; RFC 5246 §7.3).
//
// Offers what the configuration allows, and the session that the cache has of this peer. Checks the
// certificate for the peer's name (RFC 5922 §7.3). In 1.3 it takes the form that old middleboxes
// take for a resumed 1.2 (§D.4).
#ifndef TICKWIRE_PROTOCOLS_TLS_CLIENT_HANDSHAKE_H_
#define TICKWIRE_PROTOCOLS_TLS_CLIENT_HANDSHAKE_H_

#include <optional>
#include <string>

#include "protocols/tls/handshake.h"

namespace tickwire::tls {

class ClientHandshake final : public Handshake {
 public:
  enum class State : uint8_t {
    kWaitServerHello,
    // 1.3
    kWaitEncryptedExtensions,
    kWaitCertificateOrRequest,
    kWaitCertificateVerify,
    // 1.2
    kWaitCertificate,
    kWaitServerKeyExchange,
    kWaitServerHelloDone,   // or CertificateRequest before it
    kWaitChangeCipherSpec,  // or NewSessionTicket before it
    // both
    kWaitFinished,
    kDone,
  };
  struct Peer {
    std::string name;         // whom the certificate must be for; empty: anybody
    std::string session_key;  // under which sessions are kept
  };

  ClientHandshake(const Env& env, Rng rng, Peer peer);
  // Sends the ClientHello. Once, first.
  void Start();

  std::optional<Alert> OnMessage(const HandshakeReader::Message& message) override;
  std::optional<Alert> OnChangeCipherSpec() override;
  void PrepareToFail() override;

 private:
  void SetState(State next, const TraceLabel& reason);
  ClientHello MakeHello();
  void OfferSession(ClientHello& hello);
  std::optional<Alert> OnServerHello(const HandshakeReader::Message& message);
  std::optional<Alert> TakePeerCertificates(const HandshakeReader::Message& message);
  // What we show when asked; empty if there is nothing.
  DerCertificates OwnCertificates() const;

  // client_handshake_12.cc
  std::optional<Alert> Begin12(const ServerHello& hello);
  std::optional<Alert> OnMessage12(const HandshakeReader::Message& message);
  std::optional<Alert> OnServerKeyExchange(const HandshakeReader::Message& message);
  void SendSecondFlight12();
  void SendFinished12();
  std::optional<Alert> OnTicket12(const HandshakeReader::Message& message);
  std::optional<Alert> OnFinished12(const HandshakeReader::Message& message);

  // client_handshake_13.cc
  std::optional<Alert> Begin13(const ServerHello& hello);
  std::optional<Alert> OnMessage13(const HandshakeReader::Message& message);
  std::optional<Alert> OnCertificateVerify13(const HandshakeReader::Message& message);
  std::optional<Alert> OnFinished13(const HandshakeReader::Message& message);
  // change_cipher_spec for the eyes of middleboxes, then our handshake keys; once.
  void ProtectWriting13();

  const Peer peer_;
  State state_ = State::kWaitServerHello;
  ClientHello hello_;
  std::optional<TlsSession> offered_;
  KeyShare server_share_{};
  ParsedCertificate peer_certificate_;
  bool is_resumed_ = false;
  bool is_asked_for_certificate_ = false;
  bool has_sent_finished_ = false;
  bool is_writing_protected_ = false;
  std::optional<NewSessionTicket> new_ticket_;  // 1.2
  std::string new_session_id_;                  // 1.2
};

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_CLIENT_HANDSHAKE_H_
