// TlsStack: TLS 1.2 and 1.3 as a TransportStack on another one: kTls over its kTcp, kTlsSctp over
// its kSctp (RFC 3436, RFC 4168: everything of a connection on stream 0, in order).
//
// Channels are byte streams with the semantics of channel.h. Connect verifies the certificate for
// ConnectOptions::peer_name (RFC 5922 §7.3). OnClosed says kSecurity where a certificate or a
// handshake was not accepted by either side, kProtocol where one side broke the rules of TLS.
// Before OnConnected a channel takes nothing; OnWritable follows if something was tried.
// Channel::peer_names() are the identities that the peer has proven.
//
// MODEL: no cryptography (see README.md): sizes, messages, flights and time are those of the RFCs;
// protected bytes are hidden by a keystream that anybody could compute.
#ifndef TICKWIRE_PROTOCOLS_TLS_TLS_STACK_H_
#define TICKWIRE_PROTOCOLS_TLS_TLS_STACK_H_

#include <memory>
#include <optional>

#include "protocols/tls/tls_config.h"
#include "protocols/tls/tls_session_cache.h"
#include "protocols/transport/layered/layered_stack.h"
#include "sim_core/random/rng.h"

namespace tickwire::tls {

class TlsStack final : public LayeredStack {
 public:
  struct Counters {
    uint64_t full_handshakes = 0;  // completed, in either role
    uint64_t resumed = 0;
    uint64_t failed = 0;  // before they were complete
    uint64_t records_sent = 0;
    uint64_t records_received = 0;
    uint64_t alerts_sent = 0;  // fatal ones
    uint64_t alerts_received = 0;
    uint64_t truncated = 0;  // ended without close_notify (RFC 8446 §6.1)
  };

  // Both must outlive this.
  TlsStack(NodeClock& clock, TransportStack& below, const RunSeed& seed, TlsConfig config);
  ~TlsStack() override;

  // Sessions are forgotten, too.
  void PowerOff() override;

  const TlsConfig& config() const { return config_; }
  const Counters& counters() const { return counters_; }
  const TlsSessionCache& client_sessions() const { return client_sessions_; }
  const TlsSessionCache& server_sessions() const { return server_sessions_; }

  // --- For connections ---
  Counters& mutable_counters() { return counters_; }
  TlsSessionCache& mutable_client_sessions() { return client_sessions_; }
  TlsSessionCache& mutable_server_sessions() { return server_sessions_; }
  // The connection's own random stream.
  Rng RngFor(uint64_t number) const { return rng_.Branch(number); }
  // When the processor will have done `work` more.
  SimTime WorkDone(Duration work);

 private:
  std::optional<TransportKind> KindBelow(TransportKind kind) const override;
  std::unique_ptr<LayeredFlow> MakeFlow(const FlowSetup& setup) override;

  const TlsConfig config_;
  const Rng rng_;
  TlsSessionCache client_sessions_;  // by peer
  TlsSessionCache server_sessions_;  // by ticket or session identifier
  SimTime busy_until_;
  Counters counters_;
};

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_TLS_STACK_H_
