// The lines of an SCTP packet for a packet tree: header, chunks, their fields, parameters, causes.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_SCTP_TREE_H_
#define TICKWIRE_EXPERIMENTS_VIEW_SCTP_TREE_H_

#include <cstdint>
#include <span>

#include "experiments/view/packet_tree.h"

namespace tickwire {

// Appends to `tree`. `bytes`: from the common header to the end of the packet, which begin at
// `offset` of the whole.
void DescribeSctp(std::span<const uint8_t> bytes, size_t offset, PacketTree& tree);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_SCTP_TREE_H_
