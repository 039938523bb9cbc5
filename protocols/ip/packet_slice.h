// SlicePacket: a part of a packet's payload as a packet of its own, for fragments and quotations.
#ifndef TICKWIRE_PROTOCOLS_IP_PACKET_SLICE_H_
#define TICKWIRE_PROTOCOLS_IP_PACKET_SLICE_H_

#include <cstddef>

#include "sim_core/net/node.h"
#include "sim_core/packet/packet.h"

namespace tickwire {

// The part of `payload` from `offset`, `size` bytes long; what lies in the virtual tail stays
// virtual. Keeps the marks of `payload`. REQUIRES: offset + size <= payload.wire_size().
Packet SlicePacket(Node& node, const Packet& payload, size_t offset, size_t size);

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_IP_PACKET_SLICE_H_
