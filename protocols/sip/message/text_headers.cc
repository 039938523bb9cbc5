#include "protocols/sip/message/text_headers.h"

#include "protocols/sip/message/scanner.h"

namespace tickwire::sip {
namespace {

// No control characters but those of folding. Octets above 0x7f pass: §25.1 asks for UTF-8, and
// nothing here depends on it.
bool IsText(absl::string_view value) {
  for (const char c : value) {
    const uint8_t octet = static_cast<uint8_t>(c);
    if ((octet < 0x20 || octet == 0x7f) && !IsIn(c, kLwsChar)) return false;
  }
  return true;
}

template <class Header>
std::optional<Header> ParseText(absl::string_view value) {
  value = TrimLws(value);
  if (!IsText(value)) return std::nullopt;
  return Header{value};
}

}  // namespace

std::string Unfold(absl::string_view value) {
  std::string out;
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\r' && value[i] != '\n') {
      out.push_back(value[i]);
      continue;
    }
    while (i + 1 < value.size() && IsIn(value[i + 1], kLwsChar)) ++i;
    while (!out.empty() && (out.back() == ' ' || out.back() == '\t')) out.pop_back();
    out.push_back(' ');
  }
  return out;
}

std::optional<Subject> Subject::Parse(absl::string_view value) { return ParseText<Subject>(value); }

std::optional<Organization> Organization::Parse(absl::string_view value) {
  return ParseText<Organization>(value);
}

std::optional<UserAgentHeader> UserAgentHeader::Parse(absl::string_view value) {
  return ParseText<UserAgentHeader>(value);
}

std::optional<Server> Server::Parse(absl::string_view value) { return ParseText<Server>(value); }

}  // namespace tickwire::sip
