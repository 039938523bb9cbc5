#include "protocols/sctp/packet/chunk/asconf_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<AsconfChunk> AsconfChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  AsconfChunk chunk;
  ValueReader reader(view.value);
  chunk.sequence_number = reader.Take32();
  if (!reader.ok()) return std::nullopt;
  chunk.parameters = reader.TakeRest();
  if (!AreParameters(chunk.parameters)) return std::nullopt;
  return chunk;
}

void AsconfChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
  writer.Put32(sequence_number);
  writer.PutTlvs(parameters);
}

std::string AsconfChunk::ToString() const {
  return absl::StrCat("ASCONF", " sequence number=", sequence_number,
                      " parameters=", parameters.size(), " B");
}

}  // namespace tickwire::sctp
