#include "protocols/sctp/packet/parameter/padding_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<PaddingParameter> PaddingParameter::Parse(const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  PaddingParameter parameter;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  parameter.padding = reader.TakeRest();
  return parameter;
}

void PaddingParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.PutBytes(padding);
}

std::string PaddingParameter::ToString() const {
  return absl::StrCat("Padding", " padding=", padding.size(), " B");
}

}  // namespace tickwire::sctp
