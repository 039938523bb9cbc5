#include "protocols/sctp/packet/chunk/data_chunk.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<DataChunk> DataChunk::Parse(const ChunkView& view) {
  if (view.type != kType) return std::nullopt;
  DataChunk chunk;
  chunk.immediate = (view.flags & kImmediateBit) != 0;
  chunk.unordered = (view.flags & kUnorderedBit) != 0;
  chunk.begin = (view.flags & kBeginBit) != 0;
  chunk.end = (view.flags & kEndBit) != 0;
  ValueReader reader(view.value);
  chunk.tsn = Tsn{reader.Take32()};
  chunk.stream = StreamId{reader.Take16()};
  chunk.ssn = Ssn{reader.Take16()};
  chunk.ppid = Ppid{reader.Take32()};
  if (!reader.ok()) return std::nullopt;
  chunk.data = reader.TakeRest();
  return chunk;
}

void DataChunk::SerializeTo(std::vector<uint8_t>& out) const {
  const auto flags =
      static_cast<uint8_t>((immediate ? kImmediateBit : 0) | (unordered ? kUnorderedBit : 0) |
                           (begin ? kBeginBit : 0) | (end ? kEndBit : 0));
  TlvWriter writer(out, kType, flags);
  writer.Put32(tsn.value).Put16(stream.value).Put16(ssn.value).Put32(ppid.value);
  writer.PutBytes(data);
}

std::string DataChunk::ToString() const {
  return absl::StrCat("DATA", immediate ? " immediate" : "", unordered ? " unordered" : "",
                      begin ? " begin" : "", end ? " end" : "", " tsn=", tsn.value,
                      " stream=", stream.value, " ssn=", ssn.value, " ppid=", ppid.value,
                      " data=", data.size(), " B");
}

}  // namespace tickwire::sctp
