#include "protocols/sctp/packet/chunk/i_forward_tsn_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<IForwardTsnChunk> IForwardTsnChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  IForwardTsnChunk chunk;
  ValueReader reader(view.value);
  chunk.new_cumulative_tsn = Tsn{reader.Take32()};
  if (!reader.ok() || reader.left() % 8 != 0) return std::nullopt;
  while (reader.left() > 0) {
    const StreamId stream{reader.Take16()};
    const bool unordered = (reader.Take16() & 1) != 0;
    chunk.skipped.push_back({stream, unordered, Mid{reader.Take32()}});
  }
  return chunk;
}

void IForwardTsnChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
  writer.Put32(new_cumulative_tsn.value);
  for (const Skipped& one : skipped) {
    writer.Put16(one.stream.value).Put16(one.unordered ? 1 : 0).Put32(one.mid.value);
  }
}

std::string IForwardTsnChunk::ToString() const {
  std::string text = absl::StrCat("I-FORWARD-TSN new cumulative tsn=", new_cumulative_tsn.value);
  for (const Skipped& one : skipped) {
    absl::StrAppend(&text, " stream=", one.stream.value, " mid=", one.mid.value);
  }
  return text;
}

}  // namespace tickwire::sctp
