#include "protocols/sctp/packet/parameter/hmac_algorithm_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<HmacAlgorithmParameter> HmacAlgorithmParameter::Parse(const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  HmacAlgorithmParameter parameter;
  ValueReader reader(view.value);
  if (!reader.ok() || reader.left() % 2 != 0) return std::nullopt;
  while (reader.left() > 0) parameter.ids.push_back(reader.Take16());
  return parameter;
}

void HmacAlgorithmParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  for (const uint16_t one : ids) writer.Put16(one);
}

std::string HmacAlgorithmParameter::ToString() const {
  std::string text = absl::StrCat("Requested HMAC Algorithm");
  for (const auto one : ids) absl::StrAppend(&text, " ", one);
  return text;
}

}  // namespace tickwire::sctp
