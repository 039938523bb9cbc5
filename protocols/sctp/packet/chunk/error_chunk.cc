#include "protocols/sctp/packet/chunk/error_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<ErrorChunk> ErrorChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  ErrorChunk chunk;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  chunk.causes = reader.TakeRest();
  if (!AreParameters(chunk.causes)) return std::nullopt;
  return chunk;
}

void ErrorChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
  writer.PutTlvs(causes);
}

std::string ErrorChunk::ToString() const {
  return absl::StrCat("ERROR", " causes=", causes.size(), " B");
}

}  // namespace tickwire::sctp
