// UdpLayer: UDP of one node (RFC 768, RFC 1122 section 4.1): sockets above, IpLayer below.
//
// A datagram goes to the socket bound to its very address and port, else to one bound to the port
// alone, else it is answered with "port unreachable".
#ifndef TICKWIRE_PROTOCOLS_UDP_UDP_LAYER_H_
#define TICKWIRE_PROTOCOLS_UDP_UDP_LAYER_H_

#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "protocols/ip/ip_layer.h"
#include "protocols/transport/datagram_socket.h"

namespace tickwire {

class UdpLayer : public DatagramStack, private IpLayer::Protocol {
 public:
  // Registers with `ip`, which outlives this.
  explicit UdpLayer(IpLayer& ip);
  ~UdpLayer() override;

  absl::StatusOr<std::unique_ptr<DatagramSocket>> Bind(Endpoint local,
                                                       DatagramSocket::Listener& listener) override;

 private:
  class Socket;
  void OnDatagram(const IpDatagram& datagram, Packet payload) override;
  void OnIcmpError(const IcmpReport& report) override;
  Socket* FindSocket(const Endpoint& local) const;
  bool IsTaken(const Endpoint& local) const;
  void Drop(const Packet& packet, const TraceLabel& why);

  IpLayer& ip_;
  const TraceEntity entity_;
  // By port: looked up, never iterated as a whole.
  absl::flat_hash_map<uint16_t, absl::InlinedVector<Socket*, 1>> sockets_;
  uint16_t next_ephemeral_ = 49152;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_UDP_UDP_LAYER_H_
