#include "protocols/sip/message/tel_uri.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/message/limits.h"
#include "protocols/sip/message/scanner.h"
#include "protocols/sip/message/sip_uri.h"

namespace tickwire::sip {
namespace {

bool IsSeparator(char c) { return c == '-' || c == '.' || c == '(' || c == ')'; }

// global-number-digits: "+", then digits and separators with at least one digit.
bool IsGlobalNumber(absl::string_view text) {
  if (text.empty() || text.front() != '+') return false;
  bool has_digit = false;
  for (const char c : text.substr(1)) {
    if (IsIn(c, kDigitChar)) {
      has_digit = true;
    } else if (!IsSeparator(c)) {
      return false;
    }
  }
  return has_digit;
}

// local-number-digits: hexadecimal digits, "*", "#" and separators, at least one that dials.
bool IsLocalNumber(absl::string_view text) {
  bool has_digit = false;
  for (const char c : text) {
    if (IsIn(c, kHexChar) || c == '*' || c == '#') {
      has_digit = true;
    } else if (!IsSeparator(c)) {
      return false;
    }
  }
  return has_digit;
}

// domainname: labels of letters, digits and inner hyphens; the last one begins with a letter.
bool IsDomainName(absl::string_view text) {
  if (!text.empty() && text.back() == '.') text.remove_suffix(1);
  while (true) {
    const size_t dot = text.find('.');
    const absl::string_view label = text.substr(0, dot);
    if (label.empty() || label.front() == '-' || label.back() == '-') return false;
    for (const char c : label) {
      if (!IsIn(c, kAlphaChar | kDigitChar) && c != '-') return false;
    }
    if (dot == absl::string_view::npos) return IsIn(label.front(), kAlphaChar);
    text = text.substr(dot + 1);
  }
}

struct TelParam {
  absl::string_view name, value;
};

std::vector<TelParam> Split(absl::string_view params) {
  std::vector<TelParam> all;
  while (!params.empty()) {
    params.remove_prefix(1);  // ";"
    const size_t end = std::min(params.find(';'), params.size());
    const absl::string_view part = params.substr(0, end);
    params.remove_prefix(end);
    const size_t equals = part.find('=');
    all.push_back(equals == absl::string_view::npos
                      ? TelParam{part, {}}
                      : TelParam{part.substr(0, equals), part.substr(equals + 1)});
  }
  return all;
}

bool IsParamText(absl::string_view text, uint16_t classes) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsIn(text[i], classes)) continue;
    if (text[i] != '%' || text.size() - i < 3) return false;
    if (!IsIn(text[i + 1], kHexChar) || !IsIn(text[i + 2], kHexChar)) return false;
    i += 2;
  }
  return true;
}

bool IsParamValid(const TelParam& param) {
  if (param.name.empty()) return false;
  for (const char c : param.name) {
    if (!IsIn(c, kAlphaChar | kDigitChar) && c != '-') return false;
  }
  if (EqualsIgnoreCase(param.name, "phone-context")) {
    return IsGlobalNumber(param.value) || IsDomainName(param.value);
  }
  if (EqualsIgnoreCase(param.name, "ext")) {
    return !param.value.empty() && std::all_of(param.value.begin(), param.value.end(), [](char c) {
      return IsIn(c, kDigitChar) || IsSeparator(c);
    });
  }
  if (EqualsIgnoreCase(param.name, "isub")) {
    return !param.value.empty() && IsParamText(param.value, kUriChar);
  }
  return IsParamText(param.value, kUriParamChar);
}

std::string WithoutSeparators(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    if (!IsSeparator(c)) out.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

// The value as it is compared: numbers without separators, all in lower case.
std::string Comparable(const TelParam& param) {
  const bool is_number =
      EqualsIgnoreCase(param.name, "ext") || (EqualsIgnoreCase(param.name, "phone-context") &&
                                              !param.value.empty() && param.value.front() == '+');
  if (is_number) return WithoutSeparators(param.value);
  return absl::AsciiStrToLower(param.value);
}

std::vector<std::pair<std::string, std::string>> ComparableParams(absl::string_view params) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const TelParam& param : Split(params)) {
    all.emplace_back(absl::AsciiStrToLower(param.name), Comparable(param));
  }
  // §3: isub or ext, then the context, then the others by name.
  const auto rank = [](const std::string& name) {
    return name == "isub" || name == "ext" ? 0 : name == "phone-context" ? 1 : 2;
  };
  std::sort(all.begin(), all.end(), [&](const auto& a, const auto& b) {
    if (rank(a.first) != rank(b.first)) return rank(a.first) < rank(b.first);
    return a < b;
  });
  return all;
}

}  // namespace

std::optional<TelUri> TelUri::Parse(absl::string_view text) {
  const std::optional<absl::string_view> scheme = UriScheme(text);
  if (!scheme.has_value() || !EqualsIgnoreCase(*scheme, "tel")) return std::nullopt;
  text.remove_prefix(scheme->size() + 1);
  TelUri uri;
  const size_t end = std::min(text.find(';'), text.size());
  uri.number = text.substr(0, end);
  uri.params = text.substr(end);
  const std::vector<TelParam> params = Split(uri.params);
  if (params.size() > kMaxParams) return std::nullopt;
  for (size_t i = 0; i < params.size(); ++i) {
    if (!IsParamValid(params[i])) return std::nullopt;
    for (size_t other = 0; other < i; ++other) {
      if (EqualsIgnoreCase(params[i].name, params[other].name)) return std::nullopt;
    }
  }
  if (uri.Param("isub").has_value() && uri.Param("ext").has_value()) return std::nullopt;
  if (uri.is_global()) return IsGlobalNumber(uri.number) ? std::optional(uri) : std::nullopt;
  if (!IsLocalNumber(uri.number) || !uri.Param("phone-context").has_value()) return std::nullopt;
  return uri;
}

std::optional<absl::string_view> TelUri::Param(absl::string_view name) const {
  for (const TelParam& param : Split(params)) {
    if (EqualsIgnoreCase(param.name, name)) return param.value;
  }
  return std::nullopt;
}

std::string TelUri::Digits() const { return WithoutSeparators(number); }

std::string TelUri::ToSipUri(absl::string_view host) const {
  std::string out = absl::StrCat("sip:", Digits());
  for (const auto& [name, value] : ComparableParams(params)) {
    absl::StrAppend(&out, ";", name, value.empty() ? "" : "=", value);
  }
  absl::StrAppend(&out, "@", host, ";user=phone");
  return out;
}

bool AreEquivalent(const TelUri& a, const TelUri& b) {
  return a.is_global() == b.is_global() && a.Digits() == b.Digits() &&
         ComparableParams(a.params) == ComparableParams(b.params);
}

}  // namespace tickwire::sip
