#include "protocols/sip/message/path_headers.h"

namespace tickwire::sip {
namespace {

template <class Header>
std::optional<Header> ParseBracketed(absl::string_view value) {
  if (value.find('<') == absl::string_view::npos) return std::nullopt;
  return internal::ParseAs<Header>(value);
}

}  // namespace

std::optional<Path> Path::Parse(absl::string_view value) { return ParseBracketed<Path>(value); }

std::optional<ServiceRoute> ServiceRoute::Parse(absl::string_view value) {
  return ParseBracketed<ServiceRoute>(value);
}

}  // namespace tickwire::sip
