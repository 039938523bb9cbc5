// ShutdownChunk: SHUTDOWN (RFC 9260 section 3.3.8). Begins the graceful end.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_SHUTDOWN_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_SHUTDOWN_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct ShutdownChunk {
  static constexpr uint8_t kType = 7;

  Tsn cumulative_tsn_ack;

  static std::optional<ShutdownChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_SHUTDOWN_CHUNK_H_
