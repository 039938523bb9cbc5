#include "protocols/sctp/packet/cause/unrecognized_parameters_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<UnrecognizedParametersCause> UnrecognizedParametersCause::Parse(
    const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  UnrecognizedParametersCause cause;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  cause.parameters = reader.TakeRest();
  if (!AreParameters(cause.parameters)) return std::nullopt;
  return cause;
}

void UnrecognizedParametersCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.PutBytes(parameters);
}

std::string UnrecognizedParametersCause::ToString() const {
  return absl::StrCat("Unrecognized Parameters", " parameters=", parameters.size(), " B");
}

}  // namespace tickwire::sctp
