// HeartbeatAckChunk: HEARTBEAT ACK (RFC 9260 section 3.3.6). Returns what a HEARTBEAT carried.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_HEARTBEAT_ACK_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_HEARTBEAT_ACK_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct HeartbeatAckChunk {
  static constexpr uint8_t kType = 5;

  std::span<const uint8_t> parameters;  // one Heartbeat Info, opaque to who returns it

  static std::optional<HeartbeatAckChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_HEARTBEAT_ACK_CHUNK_H_
