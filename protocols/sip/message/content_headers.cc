#include "protocols/sip/message/content_headers.h"

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/header_parts.h"

namespace tickwire::sip {
namespace {

// primary-tag *("-" subtag), 1 to 8 letters each; digits pass in subtags (registered later).
bool IsLanguageTag(absl::string_view text) {
  bool is_primary = true;
  while (true) {
    const size_t dash = text.find('-');
    const absl::string_view part = text.substr(0, dash);
    if (part.empty() || part.size() > 8) return false;
    for (const char c : part) {
      if (!IsIn(c, is_primary ? kAlphaChar : kAlphaChar | kDigitChar)) return false;
    }
    if (dash == absl::string_view::npos) return true;
    text = text.substr(dash + 1);
    is_primary = false;
  }
}

// qvalue = 0 to 1 with up to three decimals (§25.1).
bool IsQValueOrAbsent(const Params& params) {
  const std::optional<absl::string_view> q = params.Find("q");
  if (!q.has_value()) return true;
  if (q->empty() || q->size() > 5 || (q->front() != '0' && q->front() != '1')) return false;
  if (q->size() == 1) return true;
  if ((*q)[1] != '.') return false;
  for (const char c : q->substr(2)) {
    if (!IsIn(c, kDigitChar) || (q->front() == '1' && c != '0')) return false;
  }
  return true;
}

}  // namespace

std::optional<ContentDisposition> ContentDisposition::Parse(absl::string_view value) {
  ContentDisposition result;
  if (!internal::ParseTokenAndParams(value, result.type, result.params)) return std::nullopt;
  return result;
}
void ContentDisposition::AppendTo(std::string& out) const {
  internal::AppendText(out, type, params);
}
bool ContentDisposition::is_handling_optional() const {
  const std::optional<absl::string_view> handling = params.Find("handling");
  return handling.has_value() && EqualsIgnoreCase(*handling, "optional");
}

std::optional<ContentEncoding> ContentEncoding::Parse(absl::string_view value) {
  const std::optional<absl::string_view> token = internal::ParseToken(value);
  if (!token.has_value()) return std::nullopt;
  return ContentEncoding{*token};
}
void ContentEncoding::AppendTo(std::string& out) const { out.append(coding.data(), coding.size()); }

std::optional<ContentLanguage> ContentLanguage::Parse(absl::string_view value) {
  const absl::string_view text = TrimLws(value);
  if (!IsLanguageTag(text)) return std::nullopt;
  return ContentLanguage{text};
}
void ContentLanguage::AppendTo(std::string& out) const { out.append(tag.data(), tag.size()); }

std::optional<AcceptEncoding> AcceptEncoding::Parse(absl::string_view value) {
  AcceptEncoding result;
  if (!internal::ParseTokenAndParams(value, result.coding, result.params)) return std::nullopt;
  if (!IsQValueOrAbsent(result.params)) return std::nullopt;
  return result;
}
void AcceptEncoding::AppendTo(std::string& out) const { internal::AppendText(out, coding, params); }

std::optional<AcceptLanguage> AcceptLanguage::Parse(absl::string_view value) {
  AcceptLanguage result;
  if (!internal::ParseTokenAndParams(value, result.range, result.params)) return std::nullopt;
  if (result.range != "*" && !IsLanguageTag(result.range)) return std::nullopt;
  if (!IsQValueOrAbsent(result.params)) return std::nullopt;
  return result;
}
void AcceptLanguage::AppendTo(std::string& out) const { internal::AppendText(out, range, params); }

std::optional<MimeVersion> MimeVersion::Parse(absl::string_view value) {
  Scanner scanner(TrimLws(value));
  const auto major = ParseDecimal(scanner.TakeWhile(kDigitChar), 65535);
  if (!major.has_value() || !scanner.Consume('.')) return std::nullopt;
  const auto minor = ParseDecimal(scanner.TakeWhile(kDigitChar), 65535);
  if (!minor.has_value() || !scanner.at_end()) return std::nullopt;
  return MimeVersion{static_cast<uint16_t>(*major), static_cast<uint16_t>(*minor)};
}
void MimeVersion::AppendTo(std::string& out) const { absl::StrAppend(&out, major, ".", minor); }

}  // namespace tickwire::sip
