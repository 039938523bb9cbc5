#include "protocols/websocket/websocket_stack.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/websocket/websocket_connection.h"

namespace tickwire::websocket {

WebSocketStack::WebSocketStack(NodeClock& clock, TransportStack& tcp_or_tls_below,
                               const RunSeed& seed, WebSocketConfig config)
    : LayeredStack(clock, tcp_or_tls_below,
                   {config.handshake_timeout, config.linger, config.max_handshakes}, config.name),
      config_(std::move(config)),
      rng_(Rng::ForStream(seed, absl::StrCat(clock.trace().node_name(), "/", config_.name),
                          "websocket.random")) {}

WebSocketStack::~WebSocketStack() { DropFlows(); }

std::optional<TransportKind> WebSocketStack::KindBelow(TransportKind kind) const {
  if (kind == TransportKind::kWs) return TransportKind::kTcp;
  if (kind == TransportKind::kWss) return TransportKind::kTls;
  return std::nullopt;
}

std::unique_ptr<LayeredFlow> WebSocketStack::MakeFlow(const FlowSetup& setup) {
  const bool is_client = setup.role == LayeredFlow::Role::kClient;
  std::string host;
  if (is_client) {
    // RFC 6455 §3: ports 80 and 443 are not written.
    const uint16_t default_port = setup.kind == TransportKind::kWss ? 443 : 80;
    Endpoint remote = setup.remote;
    host = setup.peer_name;
    if (host.empty()) host = ToString(remote).substr(0, ToString(remote).rfind(':'));
    if (remote.port != default_port) absl::StrAppend(&host, ":", remote.port);
  }
  return std::make_unique<WebSocketConnection>(
      *this, setup.role, setup.number,
      absl::StrCat(config_.name, is_client ? " client " : " server ", setup.number),
      std::move(host));
}

}  // namespace tickwire::websocket
