#include "protocols/sctp/packet/cause/no_authorization_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<NoAuthorizationCause> NoAuthorizationCause::Parse(const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  NoAuthorizationCause cause;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  cause.request = reader.TakeRest();
  if (!AreParameters(cause.request)) return std::nullopt;
  return cause;
}

void NoAuthorizationCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.PutBytes(request);
}

std::string NoAuthorizationCause::ToString() const {
  return absl::StrCat("Request Refused - No Authorization", " request=", request.size(), " B");
}

}  // namespace tickwire::sctp
