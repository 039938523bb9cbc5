#include "protocols/sip/message/info_headers.h"

#include "protocols/sip/message/header_parts.h"

namespace tickwire::sip {

std::optional<InfoPackage> InfoPackage::Parse(absl::string_view value) {
  InfoPackage result;
  if (!internal::ParseTokenAndParams(value, result.package, result.params)) return std::nullopt;
  return result;
}
void InfoPackage::AppendTo(std::string& out) const { internal::AppendText(out, package, params); }

std::optional<RecvInfo> RecvInfo::Parse(absl::string_view value) {
  RecvInfo result;
  if (!internal::ParseTokenAndParams(value, result.package, result.params)) return std::nullopt;
  return result;
}
void RecvInfo::AppendTo(std::string& out) const { internal::AppendText(out, package, params); }

}  // namespace tickwire::sip
