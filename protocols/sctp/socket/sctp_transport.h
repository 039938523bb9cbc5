// SctpTransport: SCTP as a TransportStack: a channel is one association (RFC 6458 section 4).
//
// Messages are preserved: each Send() is one message on the stream, with the order and the payload
// protocol identifier that its options say; OnReceive() gives one message.
// MODEL: ShutdownSend() ends both directions, as SCTP has no half-closed state (RFC 9260 section
// 9).
#ifndef TICKWIRE_PROTOCOLS_SCTP_SOCKET_SCTP_TRANSPORT_H_
#define TICKWIRE_PROTOCOLS_SCTP_SOCKET_SCTP_TRANSPORT_H_

#include <memory>
#include <vector>

#include "protocols/sctp/sctp_layer.h"
#include "protocols/transport/transport_stack.h"

namespace tickwire::sctp {

class SctpTransport final : public TransportStack {
 public:
  // The layer outlives it.
  explicit SctpTransport(SctpLayer& layer) : layer_(layer) {}

  // For what is made from now on.
  void set_config(const SctpConfig& config) { config_ = config; }
  const SctpConfig& config() const { return config_; }

  absl::StatusOr<std::unique_ptr<Channel>> Connect(TransportKind kind, Endpoint remote,
                                                   Channel::Listener& listener,
                                                   const ConnectOptions& options) override;
  absl::StatusOr<std::unique_ptr<Listening>> Listen(TransportKind kind, Endpoint local, int backlog,
                                                    AcceptFn on_accept) override;
  // With several addresses of the peer.
  absl::StatusOr<std::unique_ptr<Channel>> ConnectTo(const std::vector<IpAddress>& peer,
                                                     uint16_t port, Channel::Listener& listener,
                                                     const ConnectOptions& options);

 private:
  SctpLayer& layer_;
  SctpConfig config_;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_SOCKET_SCTP_TRANSPORT_H_
