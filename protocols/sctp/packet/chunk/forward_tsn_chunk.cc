#include "protocols/sctp/packet/chunk/forward_tsn_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<ForwardTsnChunk> ForwardTsnChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  ForwardTsnChunk chunk;
  ValueReader reader(view.value);
  chunk.new_cumulative_tsn = Tsn{reader.Take32()};
  if (!reader.ok() || reader.left() % 4 != 0) return std::nullopt;
  while (reader.left() > 0) {
    const StreamId stream{reader.Take16()};
    chunk.skipped.push_back({stream, Ssn{reader.Take16()}});
  }
  return chunk;
}

void ForwardTsnChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
  writer.Put32(new_cumulative_tsn.value);
  for (const Skipped& one : skipped) {
    writer.Put16(one.stream.value).Put16(one.ssn.value);
  }
}

std::string ForwardTsnChunk::ToString() const {
  std::string text = absl::StrCat("FORWARD-TSN new cumulative tsn=", new_cumulative_tsn.value);
  for (const Skipped& one : skipped) {
    absl::StrAppend(&text, " stream=", one.stream.value, " ssn=", one.ssn.value);
  }
  return text;
}

}  // namespace tickwire::sctp
