#include "protocols/sctp/packet/parameter/unrecognized_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<UnrecognizedParameter> UnrecognizedParameter::Parse(const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  UnrecognizedParameter parameter;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  parameter.parameter = reader.TakeRest();
  if (!AreParameters(parameter.parameter)) return std::nullopt;
  return parameter;
}

void UnrecognizedParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.PutBytes(parameter);
}

std::string UnrecognizedParameter::ToString() const {
  return absl::StrCat("Unrecognized Parameter", " parameter=", parameter.size(), " B");
}

}  // namespace tickwire::sctp
