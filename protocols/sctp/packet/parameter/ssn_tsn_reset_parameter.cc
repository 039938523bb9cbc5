#include "protocols/sctp/packet/parameter/ssn_tsn_reset_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<SsnTsnResetParameter> SsnTsnResetParameter::Parse(const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  SsnTsnResetParameter parameter;
  ValueReader reader(view.value);
  parameter.request_sequence_number = reader.Take32();
  if (!reader.done()) return std::nullopt;
  return parameter;
}

void SsnTsnResetParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.Put32(request_sequence_number);
}

std::string SsnTsnResetParameter::ToString() const {
  return absl::StrCat("SSN/TSN Reset Request",
                      " request sequence number=", request_sequence_number);
}

}  // namespace tickwire::sctp
