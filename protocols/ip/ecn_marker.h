// EcnMarker: lets a queue mark packets of ECN-capable transports instead of dropping them (RFC 3168
// section 5).
#ifndef TICKWIRE_PROTOCOLS_IP_ECN_MARKER_H_
#define TICKWIRE_PROTOCOLS_IP_ECN_MARKER_H_

#include "sim_core/net/packet_matcher.h"

namespace tickwire {

class EcnMarker : public CongestionMarker {
 public:
  bool Mark(Packet& packet) const override;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_IP_ECN_MARKER_H_
