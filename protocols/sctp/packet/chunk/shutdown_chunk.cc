#include "protocols/sctp/packet/chunk/shutdown_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<ShutdownChunk> ShutdownChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  ShutdownChunk chunk;
  ValueReader reader(view.value);
  chunk.cumulative_tsn_ack = Tsn{reader.Take32()};
  if (!reader.done()) return std::nullopt;
  return chunk;
}

void ShutdownChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
  writer.Put32(cumulative_tsn_ack.value);
}

std::string ShutdownChunk::ToString() const {
  return absl::StrCat("SHUTDOWN", " cumulative tsn ack=", cumulative_tsn_ack.value);
}

}  // namespace tickwire::sctp
