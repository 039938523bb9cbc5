// AuthChunk: AUTH (RFC 4895 section 5.1). Authenticates the chunks after it in its packet.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_AUTH_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_AUTH_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct AuthChunk {
  static constexpr uint8_t kType = 15;

  uint16_t shared_key_id = 0;
  uint16_t hmac_id = 0;           // 1: SHA-1, 3: SHA-256
  std::span<const uint8_t> hmac;  // over this chunk with zeros here, and what follows

  static std::optional<AuthChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_AUTH_CHUNK_H_
