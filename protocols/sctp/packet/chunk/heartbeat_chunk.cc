#include "protocols/sctp/packet/chunk/heartbeat_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<HeartbeatChunk> HeartbeatChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  HeartbeatChunk chunk;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  chunk.parameters = reader.TakeRest();
  if (!AreParameters(chunk.parameters)) return std::nullopt;
  return chunk;
}

void HeartbeatChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
  writer.PutTlvs(parameters);
}

std::string HeartbeatChunk::ToString() const {
  return absl::StrCat("HEARTBEAT", " parameters=", parameters.size(), " B");
}

}  // namespace tickwire::sctp
