#include "protocols/apps/udp_responder.h"

#include <utility>

namespace tickwire {

absl::StatusOr<std::unique_ptr<UdpResponder>> UdpResponder::Create(DatagramStack& stack,
                                                                   uint16_t port, Mode mode) {
  std::unique_ptr<UdpResponder> responder(new UdpResponder(mode));
  absl::StatusOr<std::unique_ptr<DatagramSocket>> socket =
      stack.Bind({IpAddress(), port}, *responder);
  if (!socket.ok()) return socket.status();
  responder->socket_ = std::move(*socket);
  return responder;
}

void UdpResponder::OnReceive(DatagramSocket& socket, Endpoint from, Endpoint,
                             std::span<const uint8_t> payload, uint32_t zeros) {
  ++datagrams_;
  payload_bytes_ += payload.size() + zeros;
  if (mode_ == Mode::kEcho) socket.SendTo(from, payload, zeros);
}

}  // namespace tickwire
