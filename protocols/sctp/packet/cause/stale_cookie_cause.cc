#include "protocols/sctp/packet/cause/stale_cookie_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<StaleCookieCause> StaleCookieCause::Parse(const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  StaleCookieCause cause;
  ValueReader reader(view.value);
  cause.staleness_us = reader.Take32();
  if (!reader.done()) return std::nullopt;
  return cause;
}

void StaleCookieCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.Put32(staleness_us);
}

std::string StaleCookieCause::ToString() const {
  return absl::StrCat("Stale Cookie", " staleness us=", staleness_us);
}

}  // namespace tickwire::sctp
