#include "protocols/sip/message/publish_headers.h"

#include "protocols/sip/message/header_parts.h"

namespace tickwire::sip {

std::optional<SipEtag> SipEtag::Parse(absl::string_view value) {
  const std::optional<absl::string_view> token = internal::ParseToken(value);
  if (!token.has_value()) return std::nullopt;
  return SipEtag{*token};
}
void SipEtag::AppendTo(std::string& out) const { out.append(entity_tag.data(), entity_tag.size()); }

std::optional<SipIfMatch> SipIfMatch::Parse(absl::string_view value) {
  const std::optional<absl::string_view> token = internal::ParseToken(value);
  if (!token.has_value()) return std::nullopt;
  return SipIfMatch{*token};
}
void SipIfMatch::AppendTo(std::string& out) const {
  out.append(entity_tag.data(), entity_tag.size());
}

}  // namespace tickwire::sip
