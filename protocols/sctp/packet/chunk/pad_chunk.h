// PadChunk: PAD (RFC 4820 section 3). Fills a packet up.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_PAD_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_PAD_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct PadChunk {
  static constexpr uint8_t kType = 132;

  std::span<const uint8_t> padding;  // ignored

  static std::optional<PadChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_PAD_CHUNK_H_
