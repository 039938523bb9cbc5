#include "protocols/sctp/packet/cause/out_of_resource_cause.h"

namespace tickwire::sctp {

std::optional<OutOfResourceCause> OutOfResourceCause::Parse(const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  if (!view.value.empty()) return std::nullopt;
  return OutOfResourceCause{};
}

void OutOfResourceCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
}

std::string OutOfResourceCause::ToString() const { return "Out of Resource"; }

}  // namespace tickwire::sctp
