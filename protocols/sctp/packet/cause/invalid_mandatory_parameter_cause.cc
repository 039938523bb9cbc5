#include "protocols/sctp/packet/cause/invalid_mandatory_parameter_cause.h"

namespace tickwire::sctp {

std::optional<InvalidMandatoryParameterCause> InvalidMandatoryParameterCause::Parse(
    const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  if (!view.value.empty()) return std::nullopt;
  return InvalidMandatoryParameterCause{};
}

void InvalidMandatoryParameterCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
}

std::string InvalidMandatoryParameterCause::ToString() const {
  return "Invalid Mandatory Parameter";
}

}  // namespace tickwire::sctp
