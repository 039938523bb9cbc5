#include "protocols/sip/ua/referral.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/message/sip_uri.h"

namespace tickwire::sip {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// §19.1.2. Nothing when what it hides could not stand in one header row.
std::optional<std::string> Unescape(absl::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%' && i + 2 < text.size()) {
      const int high = HexDigit(text[i + 1]), low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (c == '\r' || c == '\n' || c == '\0') return std::nullopt;
    plain.push_back(c);
  }
  return plain;
}

// §19.1.5: headers that a URI from elsewhere must not set.
bool IsDangerous(absl::string_view name) {
  for (const absl::string_view known : {"From",
                                        "f",
                                        "Call-ID",
                                        "i",
                                        "CSeq",
                                        "Via",
                                        "v",
                                        "Record-Route",
                                        "Route",
                                        "To",
                                        "t",
                                        "Contact",
                                        "m",
                                        "Max-Forwards",
                                        "Content-Length",
                                        "l",
                                        "Content-Type",
                                        "c",
                                        "body",
                                        "Authorization",
                                        "Proxy-Authorization"}) {
    if (absl::EqualsIgnoreCase(name, known)) return true;
  }
  return false;
}

}  // namespace

bool Referral::SetStatus(int status, absl::string_view reason) {
  if (status == status_) return false;
  status_ = status;
  reason_ = std::string(reason);
  return true;
}

std::string Referral::StateOf(absl::string_view, uint32_t) {
  return absl::StrCat("SIP/2.0 ", status_, " ", reason_, "\r\n");
}

std::optional<CallOptions> CallOfReferTo(absl::string_view refer_to_uri) {
  std::optional<SipUri> uri = SipUri::Parse(refer_to_uri);
  if (!uri.has_value()) return std::nullopt;
  const std::optional<absl::string_view> method = uri->Param("method");
  if (method.has_value() && *method != "INVITE") return std::nullopt;
  CallOptions options;
  absl::string_view headers = uri->headers;
  if (!headers.empty()) headers.remove_prefix(1);  // "?"
  while (!headers.empty()) {
    const size_t end = headers.find('&');
    const absl::string_view one = headers.substr(0, end);
    headers.remove_prefix(end == absl::string_view::npos ? headers.size() : end + 1);
    const size_t equals = one.find('=');
    if (equals == absl::string_view::npos) continue;
    const std::optional<std::string> name = Unescape(one.substr(0, equals));
    const std::optional<std::string> value = Unescape(one.substr(equals + 1));
    if (!name.has_value() || !value.has_value() || IsDangerous(*name)) continue;
    options.rows.emplace_back(*name, *value);
  }
  uri->headers = {};
  options.target = uri->ToString();
  return options;
}

}  // namespace tickwire::sip
