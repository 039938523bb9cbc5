#include "protocols/sctp/packet/cause/cookie_while_shutting_down_cause.h"

namespace tickwire::sctp {

std::optional<CookieWhileShuttingDownCause> CookieWhileShuttingDownCause::Parse(
    const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  if (!view.value.empty()) return std::nullopt;
  return CookieWhileShuttingDownCause{};
}

void CookieWhileShuttingDownCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
}

std::string CookieWhileShuttingDownCause::ToString() const {
  return "Cookie Received While Shutting Down";
}

}  // namespace tickwire::sctp
