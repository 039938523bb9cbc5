#include "protocols/sctp/packet/chunk/shutdown_complete_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<ShutdownCompleteChunk> ShutdownCompleteChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  if (!view.value.empty()) return std::nullopt;
  ShutdownCompleteChunk chunk;
  chunk.tag_reflected = (view.flags & kTagReflectedBit) != 0;
  return chunk;
}

void ShutdownCompleteChunk::SerializeTo(std::vector<uint8_t>& out) const {
  const auto flags = static_cast<uint8_t>((tag_reflected ? kTagReflectedBit : 0));
  TlvWriter writer(out, kType, flags);
}

std::string ShutdownCompleteChunk::ToString() const {
  return absl::StrCat("SHUTDOWN COMPLETE", tag_reflected ? " tag_reflected" : "");
}

}  // namespace tickwire::sctp
