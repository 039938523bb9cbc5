#include "protocols/sctp/packet/chunk/shutdown_ack_chunk.h"

namespace tickwire::sctp {

std::optional<ShutdownAckChunk> ShutdownAckChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  if (!view.value.empty()) return std::nullopt;
  return ShutdownAckChunk{};
}

void ShutdownAckChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
}

std::string ShutdownAckChunk::ToString() const { return "SHUTDOWN ACK"; }

}  // namespace tickwire::sctp
