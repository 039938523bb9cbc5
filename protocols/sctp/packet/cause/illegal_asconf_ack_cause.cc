#include "protocols/sctp/packet/cause/illegal_asconf_ack_cause.h"

namespace tickwire::sctp {

std::optional<IllegalAsconfAckCause> IllegalAsconfAckCause::Parse(const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  if (!view.value.empty()) return std::nullopt;
  return IllegalAsconfAckCause{};
}

void IllegalAsconfAckCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
}

std::string IllegalAsconfAckCause::ToString() const {
  return "Association Aborted Due to Illegal ASCONF-ACK";
}

}  // namespace tickwire::sctp
