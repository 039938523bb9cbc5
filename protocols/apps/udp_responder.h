// UdpResponder: takes datagrams on a port and counts them; an echo sends each back (RFC 862).
#ifndef TICKWIRE_PROTOCOLS_APPS_UDP_RESPONDER_H_
#define TICKWIRE_PROTOCOLS_APPS_UDP_RESPONDER_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "protocols/transport/datagram_socket.h"

namespace tickwire {

class UdpResponder : private DatagramSocket::Listener {
 public:
  enum class Mode { kSink, kEcho };
  // Fails if the port is taken. The stack outlives it.
  static absl::StatusOr<std::unique_ptr<UdpResponder>> Create(DatagramStack& stack, uint16_t port,
                                                              Mode mode);

  uint64_t datagrams() const { return datagrams_; }
  uint64_t payload_bytes() const { return payload_bytes_; }

 private:
  explicit UdpResponder(Mode mode) : mode_(mode) {}
  void OnReceive(DatagramSocket& socket, Endpoint from, Endpoint to,
                 std::span<const uint8_t> payload, uint32_t zeros) override;
  void OnError(DatagramSocket&, Endpoint, DatagramError) override {}

  const Mode mode_;
  std::unique_ptr<DatagramSocket> socket_;
  uint64_t datagrams_ = 0;
  uint64_t payload_bytes_ = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_APPS_UDP_RESPONDER_H_
