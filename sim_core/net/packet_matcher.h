// PacketMatcher: decides about one packet by its bytes alone. Implemented over the decoders of
// protocols/ by topologies/match; sim_core itself knows no protocol.
#ifndef TICKWIRE_SIM_CORE_NET_PACKET_MATCHER_H_
#define TICKWIRE_SIM_CORE_NET_PACKET_MATCHER_H_

#include "sim_core/packet/packet.h"

namespace tickwire {

class PacketMatcher {
 public:
  virtual ~PacketMatcher() = default;
  virtual bool Matches(const Packet& packet) const = 0;
};

// Marks a packet as having met congestion, if its protocol allows (ECN).
class CongestionMarker {
 public:
  virtual ~CongestionMarker() = default;
  // False if the packet cannot be marked: then it has to be dropped.
  virtual bool Mark(Packet& packet) const = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_NET_PACKET_MATCHER_H_
