#include "protocols/sctp/packet/parameter/error_cause_indication_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<ErrorCauseIndicationParameter> ErrorCauseIndicationParameter::Parse(
    const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  ErrorCauseIndicationParameter parameter;
  ValueReader reader(view.value);
  parameter.correlation_id = reader.Take32();
  if (!reader.ok()) return std::nullopt;
  parameter.causes = reader.TakeRest();
  if (!AreParameters(parameter.causes)) return std::nullopt;
  return parameter;
}

void ErrorCauseIndicationParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.Put32(correlation_id);
  writer.PutBytes(causes);
}

std::string ErrorCauseIndicationParameter::ToString() const {
  return absl::StrCat("Error Cause Indication", " correlation id=", correlation_id,
                      " causes=", causes.size(), " B");
}

}  // namespace tickwire::sctp
