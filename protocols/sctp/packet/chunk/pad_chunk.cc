#include "protocols/sctp/packet/chunk/pad_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<PadChunk> PadChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  PadChunk chunk;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  chunk.padding = reader.TakeRest();
  return chunk;
}

void PadChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
  writer.PutBytes(padding);
}

std::string PadChunk::ToString() const {
  return absl::StrCat("PAD", " padding=", padding.size(), " B");
}

}  // namespace tickwire::sctp
