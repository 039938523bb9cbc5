// SctpInjector: puts packets on the network that no association has made.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_INJECTOR_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_INJECTOR_H_

#include <cstdint>
#include <list>
#include <vector>

#include "protocols/ip/ip_layer.h"
#include "protocols/sctp/packet/sctp_packet.h"
#include "sim_core/event/timer.h"

namespace tickwire {

class SctpInjector {
 public:
  struct Volley {
    IpAddress source, destination;
    sctp::CommonHeader header;    // of the first
    std::vector<uint8_t> chunks;  // as on the wire
    IpSendOptions ip;
    bool bad_checksum = false;
    uint32_t copies = 1;
    Duration every;
    uint32_t tag_step = 0;
    uint16_t source_port_step = 0;
  };
  // `ip` outlives this.
  explicit SctpInjector(IpLayer& ip);

  // Sends the first now, the rest as said.
  void Start(Volley volley);
  uint64_t sent() const { return sent_; }

 private:
  struct Running {
    Running(SctpInjector& injector, Volley what);
    void OnDue();

    SctpInjector& owner;
    Volley volley;
    Timer<Running, &Running::OnDue> due;
    std::list<Running>::iterator self;
  };
  void SendOne(const Volley& volley);

  IpLayer& ip_;
  const TraceEntity entity_;
  uint64_t sent_ = 0;
  std::vector<uint8_t> bytes_;  // of the packet that is made
  std::list<Running> running_;
};

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_SCTP_INJECTOR_H_
