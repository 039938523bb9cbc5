// SctpPacket: the common header and what a packet is made of (RFC 9260 section 3).
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_SCTP_PACKET_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_SCTP_PACKET_H_

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "sim_core/trace/trace_label.h"

namespace tickwire::sctp {

inline constexpr uint16_t kUdpTunnellingPort = 9899;  // RFC 6951 section 5.1

struct CommonHeader {  // section 3.1
  static constexpr size_t kSize = 12;

  uint16_t source_port = 0;
  uint16_t destination_port = 0;
  VerificationTag tag;
  uint32_t checksum = 0;  // as on the wire, read in network order

  // The fields alone, unverified; 8 bytes suffice for all but the checksum (an ICMP error's quote).
  static std::optional<CommonHeader> Read(std::span<const uint8_t> bytes);
  // Reads and verifies the checksum of a whole packet (section 6.8). On failure `*why` tells why.
  static std::optional<CommonHeader> Parse(std::span<const uint8_t> packet, const TraceLabel** why);
  // Begins a packet in `out`; Seal() when all chunks are there.
  void Begin(std::vector<uint8_t>& out) const;
  // Writes the checksum of the packet that begins at out[0].
  static void Seal(std::vector<uint8_t>& out);
};

// The checksum of a packet as it stands in the header, whatever the header says now.
uint32_t ChecksumOf(std::span<const uint8_t> packet);

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_SCTP_PACKET_H_
