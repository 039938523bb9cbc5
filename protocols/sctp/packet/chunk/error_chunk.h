// ErrorChunk: ERROR (RFC 9260 section 3.3.10). Reports error causes.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_ERROR_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_ERROR_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct ErrorChunk {
  static constexpr uint8_t kType = 9;

  std::span<const uint8_t> causes;  // error causes

  static std::optional<ErrorChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_ERROR_CHUNK_H_
