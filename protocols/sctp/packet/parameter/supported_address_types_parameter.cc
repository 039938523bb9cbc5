#include "protocols/sctp/packet/parameter/supported_address_types_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<SupportedAddressTypesParameter> SupportedAddressTypesParameter::Parse(
    const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  SupportedAddressTypesParameter parameter;
  ValueReader reader(view.value);
  if (!reader.ok() || reader.left() % 2 != 0) return std::nullopt;
  while (reader.left() > 0) parameter.types.push_back(reader.Take16());
  return parameter;
}

void SupportedAddressTypesParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  for (const uint16_t one : types) writer.Put16(one);
}

std::string SupportedAddressTypesParameter::ToString() const {
  std::string text = absl::StrCat("Supported Address Types");
  for (const auto one : types) absl::StrAppend(&text, " ", one);
  return text;
}

}  // namespace tickwire::sctp
