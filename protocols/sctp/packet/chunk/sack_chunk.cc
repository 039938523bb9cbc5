#include "protocols/sctp/packet/chunk/sack_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<SackChunk> SackChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  SackChunk chunk;
  ValueReader reader(view.value);
  chunk.cumulative_tsn_ack = Tsn{reader.Take32()};
  chunk.a_rwnd = reader.Take32();
  const size_t gaps = reader.Take16();
  const size_t duplicates = reader.Take16();
  if (!reader.ok() || reader.left() != 4 * (gaps + duplicates)) return std::nullopt;
  chunk.gap_ack_blocks.reserve(gaps);
  for (size_t i = 0; i < gaps; ++i) {
    const uint16_t start = reader.Take16();
    chunk.gap_ack_blocks.push_back({.start = start, .end = reader.Take16()});
  }
  for (size_t i = 0; i < duplicates; ++i) chunk.duplicate_tsns.push_back(Tsn{reader.Take32()});
  return chunk;
}

void SackChunk::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType, uint8_t{0});
  writer.Put32(cumulative_tsn_ack.value).Put32(a_rwnd);
  writer.Put16(static_cast<uint16_t>(gap_ack_blocks.size()));
  writer.Put16(static_cast<uint16_t>(duplicate_tsns.size()));
  for (const GapAckBlock& block : gap_ack_blocks) writer.Put16(block.start).Put16(block.end);
  for (const Tsn tsn : duplicate_tsns) writer.Put32(tsn.value);
}

std::string SackChunk::ToString() const {
  std::string text =
      absl::StrCat("SACK cumulative tsn ack=", cumulative_tsn_ack.value, " a_rwnd=", a_rwnd);
  for (const GapAckBlock& block : gap_ack_blocks) {
    absl::StrAppend(&text, " gap=", cumulative_tsn_ack.value + block.start, "-",
                    cumulative_tsn_ack.value + block.end);
  }
  for (const Tsn tsn : duplicate_tsns) absl::StrAppend(&text, " dup=", tsn.value);
  return text;
}

}  // namespace tickwire::sctp
