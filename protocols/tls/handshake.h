// Handshake: what the two roles of a TLS handshake have in common. Lives until the handshake is
// complete or has failed. Sans I/O: messages come in by OnMessage(), all else goes through its
// Host.
//
// Events return the alert that ends the connection, or nothing. After that, and after
// Host::OnHandshakeDone(), nothing is called any more.
#ifndef TICKWIRE_PROTOCOLS_TLS_HANDSHAKE_H_
#define TICKWIRE_PROTOCOLS_TLS_HANDSHAKE_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/tls/certificate_check.h"
#include "protocols/tls/handshake_messages.h"
#include "protocols/tls/secrets.h"
#include "protocols/tls/tls_config.h"
#include "protocols/tls/tls_session_cache.h"
#include "sim_core/random/rng.h"
#include "sim_core/trace/trace_label.h"

namespace tickwire::tls {

struct HandshakeResult {
  TlsVersion version = TlsVersion::k13;
  bool is_resumed = false;
  std::vector<std::string> peer_names;
  Secret resumption_secret;  // for the tickets of 1.3 that come later
  SimTime session_limit;     // no session outlives this
};

class Handshake {
 public:
  class Host {
   public:
    // A whole handshake message, in records of its own.
    virtual void SendMessage(std::span<const uint8_t> message) = 0;
    virtual void SendChangeCipherSpec() = 0;
    virtual void SetWriteKey(TlsVersion version, const Secret& key) = 0;
    virtual void SetReadKey(TlsVersion version, const Secret& key) = 0;
    // Computes for so long before OnWorkDone(); nothing is read meanwhile.
    virtual void Work(Duration time) = 0;
    virtual void OnHandshakeDone(const HandshakeResult& result) = 0;
    virtual void TraceHandshake(const TraceLabel& state, const TraceLabel& reason) = 0;
    virtual void Note(const TraceLabel& what, absl::string_view text) = 0;
    virtual SimTime now() const = 0;

   protected:
    ~Host() = default;
  };
  // All outlive the handshake.
  struct Env {
    Host& host;
    const TlsConfig& config;
    TlsSessionCache& sessions;
  };

  virtual ~Handshake() = default;
  virtual std::optional<Alert> OnMessage(const HandshakeReader::Message& message) = 0;
  // Only while 1.2 is agreed, where it announces the peer's keys (RFC 5246 §7.1).
  virtual std::optional<Alert> OnChangeCipherSpec() = 0;
  virtual std::optional<Alert> OnWorkDone() { return std::nullopt; }
  // An alert is about to be sent: under the keys that the peer expects by now.
  virtual void PrepareToFail() {}
  // Once it is agreed.
  std::optional<TlsVersion> version() const { return version_; }

 protected:
  Handshake(const Env& env, Rng rng) : env_(env), rng_(std::move(rng)) {}

  Host& host() { return env_.host; }
  SimTime now() const { return env_.host.now(); }
  const TlsConfig& config() const { return env_.config; }
  TlsSessionCache& sessions() { return env_.sessions; }
  void FillRandom(std::span<uint8_t> out);
  std::string RandomText(size_t size);
  // Sends, and counts it among what was said.
  void Say(const std::vector<uint8_t>& message);
  void Hear(const HandshakeReader::Message& message) { transcript_.Add(message.whole); }
  std::optional<Alert> Fail(Alert alert, const TraceLabel& why, absl::string_view text = {});
  // A message whose form is wrong.
  std::optional<Alert> Malformed(absl::string_view which);
  std::optional<Alert> Unexpected(HandshakeType type);

  // --- 1.2 ---
  void DeriveMaster12(const KeyShare& client_share, const KeyShare& server_share);
  Secret WriteKey12(bool of_client) const;
  // What the signature in a ServerKeyExchange covers (RFC 8422 §5.4).
  std::vector<uint8_t> SignedKeyExchange12(const KeyShare& share) const;
  std::vector<uint8_t> VerifyData12(bool of_client) const;
  // --- 1.3, RFC 8446 §7.1 ---
  // After the ServerHello. `psk` only when it was taken.
  void DeriveHandshakeSecret13(const std::optional<Secret>& psk, const KeyShare& client_share,
                               const KeyShare& server_share);
  Secret HandshakeKey13(bool of_client) const { return of_client ? client_hs_ : server_hs_; }
  // After the server's Finished.
  void DeriveApplicationKeys13();
  Secret ApplicationKey13(bool of_client) const { return of_client ? client_ap_ : server_ap_; }
  // After the client's Finished.
  Secret ResumptionSecret13() const;
  std::vector<uint8_t> VerifyData13(bool of_client) const;

  std::optional<TlsVersion> version_;
  Random client_random_{}, server_random_{};
  Transcript transcript_;
  Secret master_;  // 1.2: the master secret; 1.3: the secret that all others come from
  HandshakeResult result_;

 private:
  const Env env_;
  Rng rng_;
  Secret client_hs_, server_hs_, client_ap_, server_ap_;
};

inline constexpr size_t kVerifyDataSize12 = 12;  // RFC 5246 §7.4.9
inline constexpr size_t kVerifyDataSize13 = 32;  // RFC 8446 §4.4.4, SHA-256
// What a ticket of a widespread server takes: key name, IV, encrypted state, MAC.
inline constexpr size_t kTicketSize = 176;

// The binder of a pre-shared key over a ClientHello without its binders (RFC 8446 §4.2.11.2).
std::vector<uint8_t> BinderOf(const Secret& psk, std::span<const uint8_t> truncated_hello);
// The pre-shared key of a ticket (§4.6.1).
Secret TicketSecret13(const Secret& resumption_secret, absl::string_view nonce);
// The text that stands for all names in a trace.
std::string JoinNames(const std::vector<std::string>& names);

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_HANDSHAKE_H_
