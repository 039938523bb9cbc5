// ShutdownCompleteChunk: SHUTDOWN COMPLETE (RFC 9260 section 3.3.13). Ends the graceful end.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_SHUTDOWN_COMPLETE_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_SHUTDOWN_COMPLETE_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct ShutdownCompleteChunk {
  static constexpr uint8_t kType = 14;
  static constexpr uint8_t kTagReflectedBit = 0x01;

  bool tag_reflected = false;  // T: the tag of the packet is the one of who is told

  static std::optional<ShutdownCompleteChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_SHUTDOWN_COMPLETE_CHUNK_H_
