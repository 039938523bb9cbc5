#include "protocols/sip/message/auth_headers.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "protocols/sip/message/limits.h"

namespace tickwire::sip {
namespace {

constexpr absl::string_view kQuotedNames[] = {"realm",  "nonce",    "opaque",    "domain",
                                              "cnonce", "username", "nextnonce", "uri"};

bool IsQuoted(absl::string_view value) { return value.size() >= 2 && value.front() == '"'; }

bool IsHex(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsIn(c, kHexChar); });
}

bool IsQuotedHex(absl::string_view value) {
  return IsQuoted(value) && IsHex(value.substr(1, value.size() - 2));
}

// The grammar of one parameter that Digest defines (RFC 3261 §25.1, RFC 7616 §3.3, §3.4).
bool IsDigestParamValid(const Param& param) {
  const auto is_name = [&](absl::string_view name) { return EqualsIgnoreCase(param.name, name); };
  if (std::any_of(std::begin(kQuotedNames), std::end(kQuotedNames), is_name)) {
    return IsQuoted(param.value);
  }
  if (is_name("nc")) return param.value.size() == 8 && IsHex(param.value);
  // Empty while a client has no hash to show (RFC 3310 §3.3).
  if (is_name("response") || is_name("rspauth")) {
    return param.value == "\"\"" || IsQuotedHex(param.value);
  }
  return true;
}

bool AreDigestParamsValid(const AuthParams& params) {
  return std::all_of(params.begin(), params.end(), IsDigestParamValid);
}

template <class Header>
std::optional<Header> ParseAuthValue(absl::string_view value) {
  std::optional<Header> parsed(std::in_place);
  if (!parsed->ParseFrom(value)) parsed.reset();
  return parsed;
}

template <class Header>
std::optional<Header> ParseInfo(absl::string_view value) {
  Scanner scanner(value);
  scanner.SkipLws();
  std::optional<Header> parsed(std::in_place);
  if (!parsed->params.ParseFrom(scanner) || !AreDigestParamsValid(parsed->params)) parsed.reset();
  return parsed;
}

}  // namespace

bool AuthParams::ParseFrom(Scanner& scanner) {
  do {
    if (list_.size() == kMaxParams) return false;
    Param param{.name = scanner.Token(), .value = {}};
    if (param.name.empty() || !scanner.ConsumeSeparator('=')) return false;
    if (scanner.Peek() == '"') {
      const std::optional<absl::string_view> quoted = scanner.QuotedString();
      if (!quoted.has_value()) return false;
      param.value = *quoted;
    } else {
      param.value = scanner.Token();
      if (param.value.empty()) return false;
    }
    list_.push_back(param);
  } while (scanner.ConsumeSeparator(','));
  return scanner.at_end();
}

std::optional<absl::string_view> AuthParams::Find(absl::string_view name) const {
  for (const Param& param : list_) {
    if (EqualsIgnoreCase(param.name, name)) return param.value;
  }
  return std::nullopt;
}

std::string AuthParams::Text(absl::string_view name) const {
  const std::optional<absl::string_view> value = Find(name);
  return value.has_value() ? Unquote(*value) : std::string();
}

bool AuthParams::Is(absl::string_view name, absl::string_view value) const {
  return Has(name) && EqualsIgnoreCase(Text(name), value);
}

void AuthParams::Set(absl::string_view name, absl::string_view value) {
  for (Param& param : list_) {
    if (EqualsIgnoreCase(param.name, name)) {
      param.value = value;
      return;
    }
  }
  list_.push_back({name, value});
}

void AuthParams::AppendTo(std::string& out) const {
  bool is_first = true;
  for (const Param& param : list_) {
    if (!is_first) out.append(", ");
    is_first = false;
    out.append(param.name.data(), param.name.size());
    out.push_back('=');
    out.append(param.value.data(), param.value.size());
  }
}

bool AuthValue::ParseFrom(absl::string_view value) {
  Scanner scanner(value);
  scanner.SkipLws();
  scheme = scanner.Token();
  if (scheme.empty() || !IsIn(scanner.Peek(), kLwsChar)) return false;
  scanner.SkipLws();
  if (!params.ParseFrom(scanner)) return false;
  return !is_digest() || AreDigestParamsValid(params);
}

void AuthValue::AppendTo(std::string& out) const {
  out.append(scheme.data(), scheme.size());
  out.push_back(' ');
  params.AppendTo(out);
}

bool AuthValue::is_digest() const { return EqualsIgnoreCase(scheme, "Digest"); }

std::optional<WwwAuthenticate> WwwAuthenticate::Parse(absl::string_view value) {
  return ParseAuthValue<WwwAuthenticate>(value);
}
std::optional<ProxyAuthenticate> ProxyAuthenticate::Parse(absl::string_view value) {
  return ParseAuthValue<ProxyAuthenticate>(value);
}
std::optional<Authorization> Authorization::Parse(absl::string_view value) {
  return ParseAuthValue<Authorization>(value);
}
std::optional<ProxyAuthorization> ProxyAuthorization::Parse(absl::string_view value) {
  return ParseAuthValue<ProxyAuthorization>(value);
}
std::optional<AuthenticationInfo> AuthenticationInfo::Parse(absl::string_view value) {
  return ParseInfo<AuthenticationInfo>(value);
}
std::optional<ProxyAuthenticationInfo> ProxyAuthenticationInfo::Parse(absl::string_view value) {
  return ParseInfo<ProxyAuthenticationInfo>(value);
}

}  // namespace tickwire::sip
