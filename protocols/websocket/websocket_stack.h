// WebSocketStack: WebSocket (RFC 6455) as a TransportStack on another one: kWs over its kTcp, kWss
// over its kTls.
//
// Channels preserve messages: each Send() is one message, all or nothing, and OnReceive() gives
// one. ConnectOptions::peer_name is the Host of the request, and below it whom TLS must find there.
// Before OnConnected a channel takes nothing; OnWritable follows if something was tried. OnClosed
// says kProtocol where one side broke the rules or refused the opening handshake.
// MODEL: no extensions, no cookies, no redirection; ShutdownSend() ends both directions, as the
// closing handshake does (§7.1.2).
#ifndef TICKWIRE_PROTOCOLS_WEBSOCKET_WEBSOCKET_STACK_H_
#define TICKWIRE_PROTOCOLS_WEBSOCKET_WEBSOCKET_STACK_H_

#include <memory>
#include <optional>

#include "protocols/transport/layered/layered_stack.h"
#include "protocols/websocket/websocket_config.h"
#include "sim_core/random/rng.h"

namespace tickwire::websocket {

class WebSocketStack final : public LayeredStack {
 public:
  struct Counters {
    uint64_t opened = 0;   // in either role
    uint64_t refused = 0;  // opening handshakes, by either side
    uint64_t frames_sent = 0;
    uint64_t frames_received = 0;
    uint64_t protocol_errors = 0;  // of the peer
  };

  // Both must outlive this.
  WebSocketStack(NodeClock& clock, TransportStack& tcp_or_tls_below, const RunSeed& seed,
                 WebSocketConfig config);
  ~WebSocketStack() override;

  const WebSocketConfig& config() const { return config_; }
  const Counters& counters() const { return counters_; }

  // --- For connections ---
  Counters& mutable_counters() { return counters_; }
  // The connection's own random stream: its key and its masks.
  Rng RngFor(uint64_t number) const { return rng_.Branch(number); }

 private:
  std::optional<TransportKind> KindBelow(TransportKind kind) const override;
  std::unique_ptr<LayeredFlow> MakeFlow(const FlowSetup& setup) override;

  const WebSocketConfig config_;
  const Rng rng_;
  Counters counters_;
};

}  // namespace tickwire::websocket

#endif  // TICKWIRE_PROTOCOLS_WEBSOCKET_WEBSOCKET_STACK_H_
