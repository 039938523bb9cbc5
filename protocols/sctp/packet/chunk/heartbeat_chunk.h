// HeartbeatChunk: HEARTBEAT (RFC 9260 section 3.3.5). Asks whether a path works.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_HEARTBEAT_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_HEARTBEAT_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct HeartbeatChunk {
  static constexpr uint8_t kType = 4;

  std::span<const uint8_t> parameters;  // one Heartbeat Info, opaque to who returns it

  static std::optional<HeartbeatChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_HEARTBEAT_CHUNK_H_
