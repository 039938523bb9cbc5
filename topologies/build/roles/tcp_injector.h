// TcpInjector: puts segments on the network that no connection has made.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_INJECTOR_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_INJECTOR_H_

#include <cstdint>
#include <list>
#include <vector>

#include "protocols/ip/ip_layer.h"
#include "protocols/tcp/tcp_header.h"
#include "sim_core/event/timer.h"

namespace tickwire {

class TcpInjector {
 public:
  struct Volley {
    IpAddress source, destination;
    tcp::TcpHeader header;         // of the first
    std::vector<uint8_t> options;  // as on the wire, a multiple of 4
    std::vector<uint8_t> payload;
    uint32_t zeros = 0;  // after it
    IpSendOptions ip;
    bool bad_checksum = false;
    uint32_t copies = 1;
    Duration every;
    uint32_t sequence_step = 0;
    uint16_t source_port_step = 0;
  };
  // `ip` outlives this.
  explicit TcpInjector(IpLayer& ip);

  // Sends the first now, the rest as said.
  void Start(Volley volley);
  uint64_t sent() const { return sent_; }

 private:
  struct Running {
    Running(TcpInjector& injector, Volley what);
    void OnDue();

    TcpInjector& owner;
    Volley volley;
    Timer<Running, &Running::OnDue> due;
    std::list<Running>::iterator self;
  };
  void SendOne(const Volley& volley);

  IpLayer& ip_;
  const TraceEntity entity_;
  uint64_t sent_ = 0;
  std::list<Running> running_;
};

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_TCP_INJECTOR_H_
