#include "protocols/sctp/packet/parameter/chunk_list_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<ChunkListParameter> ChunkListParameter::Parse(const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  ChunkListParameter parameter;
  ValueReader reader(view.value);
  while (reader.left() > 0) parameter.types.push_back(reader.Take8());
  return parameter;
}

void ChunkListParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  for (const uint8_t one : types) writer.Put8(one);
}

std::string ChunkListParameter::ToString() const {
  std::string text = absl::StrCat("Chunk List");
  for (const auto one : types) absl::StrAppend(&text, " ", int{one});
  return text;
}

}  // namespace tickwire::sctp
