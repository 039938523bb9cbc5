#include "protocols/sctp/packet/chunk/init_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<InitChunk> InitChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  InitChunk chunk;
  ValueReader reader(view.value);
  chunk.initiate_tag = VerificationTag{reader.Take32()};
  chunk.a_rwnd = reader.Take32();
  chunk.outbound_streams = reader.Take16();
  chunk.inbound_streams = reader.Take16();
  chunk.initial_tsn = Tsn{reader.Take32()};
  if (!reader.ok()) return std::nullopt;
  chunk.parameters = reader.TakeRest();
  if (!AreParameters(chunk.parameters)) return std::nullopt;
  return chunk;
}

void InitChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
  writer.Put32(initiate_tag.value)
      .Put32(a_rwnd)
      .Put16(outbound_streams)
      .Put16(inbound_streams)
      .Put32(initial_tsn.value);
  writer.PutTlvs(parameters);
}

std::string InitChunk::ToString() const {
  return absl::StrCat("INIT", " initiate tag=", initiate_tag.value, " a_rwnd=", a_rwnd,
                      " outbound streams=", outbound_streams, " inbound streams=", inbound_streams,
                      " initial tsn=", initial_tsn.value, " parameters=", parameters.size(), " B");
}

}  // namespace tickwire::sctp
