#include "protocols/sip/message/session_timer_headers.h"

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/header_parts.h"

namespace tickwire::sip {

std::optional<SessionExpires> SessionExpires::Parse(absl::string_view value) {
  SessionExpires result;
  if (!internal::ParseSecondsAndParams(value, result.seconds, result.params)) return std::nullopt;
  if (result.refresher().has_value() && !result.is_uac_refresher() && !result.is_uas_refresher()) {
    return std::nullopt;
  }
  return result;
}
void SessionExpires::AppendTo(std::string& out) const {
  absl::StrAppend(&out, seconds);
  params.AppendTo(out);
}
bool SessionExpires::is_uac_refresher() const {
  return refresher().has_value() && EqualsIgnoreCase(*refresher(), "uac");
}
bool SessionExpires::is_uas_refresher() const {
  return refresher().has_value() && EqualsIgnoreCase(*refresher(), "uas");
}

std::optional<MinSe> MinSe::Parse(absl::string_view value) {
  MinSe result;
  if (!internal::ParseSecondsAndParams(value, result.seconds, result.params)) return std::nullopt;
  return result;
}
void MinSe::AppendTo(std::string& out) const {
  absl::StrAppend(&out, seconds);
  params.AppendTo(out);
}

}  // namespace tickwire::sip
