#include "protocols/sip/ua/referral.h"

#include <utility>

#include "absl/strings/match.h"
#include "protocols/sip/body/sip_frag.h"
#include "protocols/sip/message/uri_headers.h"

namespace tickwire::sip {
bool Referral::SetStatus(int status, absl::string_view reason) {
  if (status == status_) return false;
  status_ = status;
  reason_ = std::string(reason);
  return true;
}

std::string Referral::StateOf(absl::string_view, uint32_t) {
  return MakeStatusFrag(status_, reason_);
}

std::optional<CallOptions> CallOfReferTo(absl::string_view refer_to_uri) {
  const std::optional<SipUri> uri = SipUri::Parse(refer_to_uri);
  if (!uri.has_value() || MethodOf(*uri) != "INVITE") return std::nullopt;
  CallOptions options;
  options.target = RequestUriOf(*uri);
  for (UriHeader& header : HeadersOf(*uri)) {
    const bool is_body = absl::EqualsIgnoreCase(header.name, "body");
    const bool fits = header.value.find_first_of("\r\n") == std::string::npos;
    if (is_body || !fits || IsDangerousInUri(header.name)) continue;
    options.rows.emplace_back(std::move(header.name), std::move(header.value));
  }
  return options;
}

}  // namespace tickwire::sip
