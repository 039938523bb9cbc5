#include "protocols/sctp/packet/chunk/asconf_ack_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<AsconfAckChunk> AsconfAckChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  AsconfAckChunk chunk;
  ValueReader reader(view.value);
  chunk.sequence_number = reader.Take32();
  if (!reader.ok()) return std::nullopt;
  chunk.responses = reader.TakeRest();
  if (!AreParameters(chunk.responses)) return std::nullopt;
  return chunk;
}

void AsconfAckChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
  writer.Put32(sequence_number);
  writer.PutTlvs(responses);
}

std::string AsconfAckChunk::ToString() const {
  return absl::StrCat("ASCONF-ACK", " sequence number=", sequence_number,
                      " responses=", responses.size(), " B");
}

}  // namespace tickwire::sctp
