#include "protocols/sip/message/info_uri_headers.h"

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/header_parts.h"

namespace tickwire::sip {
namespace {

template <class Header>
std::optional<Header> ParseInfo(absl::string_view value) {
  Header result;
  if (!internal::ParseBracketedUri(value, result.uri, result.params)) return std::nullopt;
  return result;
}

void AppendInfo(std::string& out, absl::string_view uri, const Params& params) {
  absl::StrAppend(&out, "<", uri, ">");
  params.AppendTo(out);
}

}  // namespace

std::optional<AlertInfo> AlertInfo::Parse(absl::string_view value) {
  return ParseInfo<AlertInfo>(value);
}
void AlertInfo::AppendTo(std::string& out) const { AppendInfo(out, uri, params); }

std::optional<CallInfo> CallInfo::Parse(absl::string_view value) {
  return ParseInfo<CallInfo>(value);
}
void CallInfo::AppendTo(std::string& out) const { AppendInfo(out, uri, params); }

std::optional<ErrorInfo> ErrorInfo::Parse(absl::string_view value) {
  return ParseInfo<ErrorInfo>(value);
}
void ErrorInfo::AppendTo(std::string& out) const { AppendInfo(out, uri, params); }

}  // namespace tickwire::sip
