#include "protocols/sctp/packet/parameter/forward_tsn_supported_parameter.h"

namespace tickwire::sctp {

std::optional<ForwardTsnSupportedParameter> ForwardTsnSupportedParameter::Parse(
    const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  if (!view.value.empty()) return std::nullopt;
  return ForwardTsnSupportedParameter{};
}

void ForwardTsnSupportedParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
}

std::string ForwardTsnSupportedParameter::ToString() const { return "Forward-TSN-Supported"; }

}  // namespace tickwire::sctp
