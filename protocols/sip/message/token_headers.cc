#include "protocols/sip/message/token_headers.h"

#include "protocols/sip/message/scanner.h"

namespace tickwire::sip {
namespace {

template <class Header>
std::optional<Header> ParseToken(absl::string_view value) {
  Scanner scanner(TrimLws(value));
  const absl::string_view token = scanner.Token();
  if (token.empty() || !scanner.at_end()) return std::nullopt;
  return Header{token};
}

}  // namespace

std::optional<Allow> Allow::Parse(absl::string_view value) { return ParseToken<Allow>(value); }

std::optional<Supported> Supported::Parse(absl::string_view value) {
  return ParseToken<Supported>(value);
}

std::optional<Require> Require::Parse(absl::string_view value) {
  return ParseToken<Require>(value);
}

std::optional<ProxyRequire> ProxyRequire::Parse(absl::string_view value) {
  return ParseToken<ProxyRequire>(value);
}

std::optional<Unsupported> Unsupported::Parse(absl::string_view value) {
  return ParseToken<Unsupported>(value);
}

std::optional<Priority> Priority::Parse(absl::string_view value) {
  return ParseToken<Priority>(value);
}

}  // namespace tickwire::sip
