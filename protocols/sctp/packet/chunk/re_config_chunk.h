// ReConfigChunk: RE-CONFIG (RFC 6525 section 3.1). Requests and responses about streams.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_RE_CONFIG_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_RE_CONFIG_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct ReConfigChunk {
  static constexpr uint8_t kType = 130;

  std::span<const uint8_t> parameters;  // one or two

  static std::optional<ReConfigChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_RE_CONFIG_CHUNK_H_
