#include "protocols/sctp/packet/cause/protocol_violation_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<ProtocolViolationCause> ProtocolViolationCause::Parse(const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  ProtocolViolationCause cause;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  cause.information = reader.TakeRest();
  return cause;
}

void ProtocolViolationCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.PutBytes(information);
}

std::string ProtocolViolationCause::ToString() const {
  return absl::StrCat("Protocol Violation", " information=", information.size(), " B");
}

}  // namespace tickwire::sctp
