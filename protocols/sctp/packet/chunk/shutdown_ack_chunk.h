// ShutdownAckChunk: SHUTDOWN ACK (RFC 9260 section 3.3.9). Answers SHUTDOWN.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_SHUTDOWN_ACK_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_SHUTDOWN_ACK_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct ShutdownAckChunk {
  static constexpr uint8_t kType = 8;

  static std::optional<ShutdownAckChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_SHUTDOWN_ACK_CHUNK_H_
