// AbortChunk: ABORT (RFC 9260 section 3.3.7). Ends an association at once.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_ABORT_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_ABORT_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct AbortChunk {
  static constexpr uint8_t kType = 6;
  static constexpr uint8_t kTagReflectedBit = 0x01;

  bool tag_reflected = false;       // T: the tag of the packet is the one of who is told
  std::span<const uint8_t> causes;  // error causes; may be empty

  static std::optional<AbortChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_ABORT_CHUNK_H_
