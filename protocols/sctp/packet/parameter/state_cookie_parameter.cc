#include "protocols/sctp/packet/parameter/state_cookie_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<StateCookieParameter> StateCookieParameter::Parse(const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  StateCookieParameter parameter;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  parameter.cookie = reader.TakeRest();
  return parameter;
}

void StateCookieParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.PutBytes(cookie);
}

std::string StateCookieParameter::ToString() const {
  return absl::StrCat("State Cookie", " cookie=", cookie.size(), " B");
}

}  // namespace tickwire::sctp
