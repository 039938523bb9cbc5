#include "protocols/sctp/packet/chunk/abort_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<AbortChunk> AbortChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  AbortChunk chunk;
  chunk.tag_reflected = (view.flags & kTagReflectedBit) != 0;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  chunk.causes = reader.TakeRest();
  if (!AreParameters(chunk.causes)) return std::nullopt;
  return chunk;
}

void AbortChunk::SerializeTo(std::vector<uint8_t>& out) const {
  const auto flags = static_cast<uint8_t>((tag_reflected ? kTagReflectedBit : 0));
  TlvWriter writer(out, kType, flags);
  writer.PutTlvs(causes);
}

std::string AbortChunk::ToString() const {
  return absl::StrCat("ABORT", tag_reflected ? " tag_reflected" : "", " causes=", causes.size(),
                      " B");
}

}  // namespace tickwire::sctp
