// ConfiguredTcp: the node's TCP as one role wants it: every channel and listener of it behaves as
// the role's settings say.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_STACK_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_STACK_H_

#include <memory>
#include <utility>

#include "protocols/tcp/tcp_config.h"
#include "protocols/tcp/tcp_layer.h"
#include "protocols/transport/transport_stack.h"

namespace tickwire {

class ConfiguredTcp final : public TransportStack {
 public:
  // `layer` outlives it.
  ConfiguredTcp(tcp::TcpLayer& layer, const tcp::TcpConfig& config)
      : layer_(layer), config_(config) {}

  absl::StatusOr<std::unique_ptr<Channel>> Connect(TransportKind kind, Endpoint remote,
                                                   Channel::Listener& listener,
                                                   const ConnectOptions& options) override {
    if (kind != TransportKind::kTcp) return layer_.Connect(kind, remote, listener, options);
    auto socket = layer_.ConnectTcp(remote, listener, options.local, config_);
    if (!socket.ok()) return socket.status();
    return std::unique_ptr<Channel>(std::move(*socket));
  }
  absl::StatusOr<std::unique_ptr<Listening>> Listen(TransportKind kind, Endpoint local, int backlog,
                                                    AcceptFn on_accept) override {
    if (kind != TransportKind::kTcp) {
      return layer_.Listen(kind, local, backlog, std::move(on_accept));
    }
    auto listener = layer_.ListenTcp(local, backlog, std::move(on_accept), config_);
    if (!listener.ok()) return listener.status();
    return std::unique_ptr<Listening>(std::move(*listener));
  }

 private:
  tcp::TcpLayer& layer_;
  const tcp::TcpConfig config_;
};

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_STACK_H_
