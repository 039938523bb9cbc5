#include "protocols/sctp/packet/cause/missing_mandatory_parameter_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<MissingMandatoryParameterCause> MissingMandatoryParameterCause::Parse(
    const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  MissingMandatoryParameterCause cause;
  ValueReader reader(view.value);
  const uint32_t count = reader.Take32();
  if (!reader.ok() || reader.left() != size_t{count} * 2) return std::nullopt;
  while (reader.left() > 0) cause.types.push_back(reader.Take16());
  return cause;
}

void MissingMandatoryParameterCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.Put32(static_cast<uint32_t>(types.size()));
  for (const uint16_t type : types) writer.Put16(type);
}

std::string MissingMandatoryParameterCause::ToString() const {
  std::string text = "Missing Mandatory Parameter";
  for (const uint16_t type : types) absl::StrAppend(&text, " ", type);
  return text;
}

}  // namespace tickwire::sctp
