// A packet as an indented tree of what it says, and the rules that it breaks: for `tickwire decode
// ip` and packet panels.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_PACKET_TREE_H_
#define TICKWIRE_EXPERIMENTS_VIEW_PACKET_TREE_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tickwire {

struct PacketTreeLine {
  int depth = 0;
  std::string text;
  size_t offset = 0;  // bytes of the packet that it speaks of
  size_t length = 0;
};

struct PacketViolation {
  std::string rule;  // "RFC 791 3.1: total length below the header or beyond the packet"
  std::string id;    // "bad_length": the cause under which a node drops such a packet
  size_t offset = 0;
};

struct PacketTree {
  std::vector<PacketTreeLine> lines;  // as far as it could be read
  std::vector<PacketViolation> violations;
};

// `bytes` begin with an IP header. Goes down to UDP, TCP, ICMP and SIP.
PacketTree DescribePacket(std::span<const uint8_t> bytes);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_PACKET_TREE_H_
