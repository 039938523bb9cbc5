#include "protocols/sctp/packet/chunk/re_config_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<ReConfigChunk> ReConfigChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  ReConfigChunk chunk;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  chunk.parameters = reader.TakeRest();
  if (!AreParameters(chunk.parameters)) return std::nullopt;
  return chunk;
}

void ReConfigChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
  writer.PutTlvs(parameters);
}

std::string ReConfigChunk::ToString() const {
  return absl::StrCat("RE-CONFIG", " parameters=", parameters.size(), " B");
}

}  // namespace tickwire::sctp
