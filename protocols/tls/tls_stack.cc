#include "protocols/tls/tls_stack.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/tls/tls_connection.h"
#include "sim_core/base/check.h"

namespace tickwire::tls {

TlsStack::TlsStack(NodeClock& clock, TransportStack& below, const RunSeed& seed, TlsConfig config)
    : LayeredStack(clock, below, {config.handshake_timeout, config.linger, config.max_handshakes},
                   config.name),
      config_(std::move(config)),
      rng_(Rng::ForStream(seed, absl::StrCat(clock.trace().node_name(), "/", config_.name),
                          "tls.random")),
      client_sessions_(config_.max_sessions),
      server_sessions_(config_.max_sessions) {
  TW_CHECK(config_.max_fragment > 0 && config_.max_fragment <= kMaxPlaintext);
  TW_CHECK(config_.min_version <= config_.max_version);
}

TlsStack::~TlsStack() { DropFlows(); }

void TlsStack::PowerOff() {
  DropFlows();
  client_sessions_.Clear();
  server_sessions_.Clear();
  busy_until_ = SimTime{};
}

SimTime TlsStack::WorkDone(Duration work) {
  busy_until_ = SaturatingAdd(std::max(busy_until_, clock().now()), work);
  return busy_until_;
}

std::optional<TransportKind> TlsStack::KindBelow(TransportKind kind) const {
  if (kind == TransportKind::kTls) return TransportKind::kTcp;
  if (kind == TransportKind::kTlsSctp) return TransportKind::kSctp;
  return std::nullopt;
}

std::unique_ptr<LayeredFlow> TlsStack::MakeFlow(const FlowSetup& setup) {
  const bool is_client = setup.role == LayeredFlow::Role::kClient;
  TlsConnection::Peer peer;
  if (is_client) {
    peer.name = setup.peer_name;
    peer.session_key = absl::StrCat(setup.peer_name, " ", ToString(setup.remote),
                                    setup.kind == TransportKind::kTlsSctp ? " SCTP" : "");
  }
  return std::make_unique<TlsConnection>(
      *this, setup.role, setup.number,
      absl::StrCat(config_.name, is_client ? " client " : " server ", setup.number),
      std::move(peer));
}

}  // namespace tickwire::tls
