// UdpSource: sends datagrams at a constant pace, numbered from 1.
//
// The payload is a 32-bit number in network order, then zeros.
#ifndef TICKWIRE_PROTOCOLS_APPS_UDP_SOURCE_H_
#define TICKWIRE_PROTOCOLS_APPS_UDP_SOURCE_H_

#include <cstdint>
#include <memory>

#include "protocols/transport/datagram_socket.h"
#include "sim_core/event/timer.h"

namespace tickwire {

class UdpSource : private DatagramSocket::Listener {
 public:
  struct Config {
    Endpoint remote;
    uint32_t payload_bytes = 1000;  // at least 4
    Duration start;
    Duration interval = Duration::Millis(20);
    uint32_t packets = 0;  // 0: no end
    DatagramOptions options;
  };
  // Binds an ephemeral port. Both outlive this.
  UdpSource(NodeClock& clock, DatagramStack& stack, const Config& config);

  uint64_t sent() const { return sent_; }
  uint64_t errors() const { return errors_; }

 private:
  void OnDue();
  void OnReceive(DatagramSocket&, Endpoint, Endpoint, std::span<const uint8_t>, uint32_t) override {
  }
  void OnError(DatagramSocket& socket, Endpoint remote, DatagramError error) override;

  const Config config_;
  NodeClock& clock_;
  const TraceEntity entity_;
  std::unique_ptr<DatagramSocket> socket_;
  uint32_t sent_ = 0;
  uint64_t errors_ = 0;
  Timer<UdpSource, &UdpSource::OnDue> due_;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_APPS_UDP_SOURCE_H_
