#include "protocols/sip/registrar/address_of_record.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/message/via.h"

namespace tickwire::sip {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// A URI that was parsed has only well-formed escapes.
void AppendUnescaped(absl::string_view text, std::string& out) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 &&
        HexDigit(text[i + 2]) >= 0) {
      out += static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
}

}  // namespace

std::string CanonicalAor(const SipUri& uri) {
  std::string aor;
  aor.reserve(uri.user.size() + uri.host.size() + 1);
  AppendUnescaped(uri.user, aor);
  aor += '@';
  for (const char c : uri.host) aor += absl::ascii_tolower(static_cast<unsigned char>(c));
  if (uri.port.has_value() && *uri.port != Via::kDefaultPort) absl::StrAppend(&aor, ":", *uri.port);
  return aor;
}

std::optional<std::string> CanonicalAor(absl::string_view text) {
  const std::optional<SipUri> uri = SipUri::Parse(text);
  if (!uri.has_value() || uri->user.empty()) return std::nullopt;
  return CanonicalAor(*uri);
}

absl::string_view UserOfAor(absl::string_view aor) { return aor.substr(0, aor.rfind('@')); }

}  // namespace tickwire::sip
