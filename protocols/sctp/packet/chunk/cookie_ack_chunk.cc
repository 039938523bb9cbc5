#include "protocols/sctp/packet/chunk/cookie_ack_chunk.h"

namespace tickwire::sctp {

std::optional<CookieAckChunk> CookieAckChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  if (!view.value.empty()) return std::nullopt;
  return CookieAckChunk{};
}

void CookieAckChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
}

std::string CookieAckChunk::ToString() const { return "COOKIE ACK"; }

}  // namespace tickwire::sctp
