#include "protocols/sctp/packet/cause/unrecognized_chunk_type_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<UnrecognizedChunkTypeCause> UnrecognizedChunkTypeCause::Parse(
    const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  UnrecognizedChunkTypeCause cause;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  cause.chunk = reader.TakeRest();
  return cause;
}

void UnrecognizedChunkTypeCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.PutBytes(chunk);
}

std::string UnrecognizedChunkTypeCause::ToString() const {
  return absl::StrCat("Unrecognized Chunk Type", " chunk=", chunk.size(), " B");
}

}  // namespace tickwire::sctp
