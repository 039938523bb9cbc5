#include "protocols/sctp/packet/parameter/success_indication_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<SuccessIndicationParameter> SuccessIndicationParameter::Parse(
    const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  SuccessIndicationParameter parameter;
  ValueReader reader(view.value);
  parameter.correlation_id = reader.Take32();
  if (!reader.done()) return std::nullopt;
  return parameter;
}

void SuccessIndicationParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.Put32(correlation_id);
}

std::string SuccessIndicationParameter::ToString() const {
  return absl::StrCat("Success Indication", " correlation id=", correlation_id);
}

}  // namespace tickwire::sctp
