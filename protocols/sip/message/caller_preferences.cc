#include "protocols/sip/message/caller_preferences.h"

#include <algorithm>
#include <iterator>

#include "protocols/sip/message/header_parts.h"

namespace tickwire::sip {
namespace {

// "*" *(SEMI parameter)
template <class Header>
std::optional<Header> ParseStarAndParams(absl::string_view value) {
  absl::string_view token;
  Header result;
  if (!internal::ParseTokenAndParams(value, token, result.params) || token != "*") {
    return std::nullopt;
  }
  return result;
}

constexpr absl::string_view kDirectives[] = {"proxy",    "redirect",   "cancel",  "no-cancel",
                                             "fork",     "no-fork",    "recurse", "no-recurse",
                                             "parallel", "sequential", "queue",   "no-queue"};

}  // namespace

std::optional<AcceptContact> AcceptContact::Parse(absl::string_view value) {
  return ParseStarAndParams<AcceptContact>(value);
}
void AcceptContact::AppendTo(std::string& out) const { internal::AppendText(out, "*", params); }

std::optional<RejectContact> RejectContact::Parse(absl::string_view value) {
  return ParseStarAndParams<RejectContact>(value);
}
void RejectContact::AppendTo(std::string& out) const { internal::AppendText(out, "*", params); }

std::optional<RequestDisposition> RequestDisposition::Parse(absl::string_view value) {
  const std::optional<absl::string_view> token = internal::ParseToken(value);
  if (!token.has_value()) return std::nullopt;
  const bool is_known =
      std::any_of(std::begin(kDirectives), std::end(kDirectives),
                  [&](absl::string_view known) { return EqualsIgnoreCase(*token, known); });
  if (!is_known) return std::nullopt;
  return RequestDisposition{*token};
}
void RequestDisposition::AppendTo(std::string& out) const {
  out.append(directive.data(), directive.size());
}

}  // namespace tickwire::sip
