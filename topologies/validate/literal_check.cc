#include "topologies/validate/literal_check.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "protocols/sip/message/sip_uri.h"
#include "protocols/transport/ip_address.h"
#include "sim_core/base/check.h"
#include "sim_core/base/int128.h"
#include "topologies/host_address.h"
#include "topologies/literals.h"

namespace tickwire {
namespace {

using scenario::FieldRules;

// A value on a scale on which values of one unit compare.
Int128 Magnitude(Duration value) { return value.nanos(); }
Int128 Magnitude(DataRate value) {
  return value.is_infinite() ? static_cast<Int128>(INT64_MAX) : value.bits_per_second();
}
Int128 Magnitude(int64_t value) { return value; }
Int128 Magnitude(Ratio value) {
  return static_cast<Int128>(value.numerator) * 1'000'000'000 / value.denominator;
}

std::string RangeText(const FieldRules& rules, absl::string_view least) {
  if (!least.empty() && !rules.maximum().empty()) {
    return absl::StrCat("from ", least, " to ", rules.maximum());
  }
  return least.empty() ? absl::StrCat("at most ", rules.maximum())
                       : absl::StrCat("at least ", least);
}

Finding OutOfRange(absl::string_view text, absl::string_view field, const FieldRules& rules,
                   absl::string_view least) {
  return {"E0206", absl::StrCat("`", field, "` is out of range: ", text), RangeText(rules, least),
          "", ""};
}

template <class T>
std::optional<Finding> Check(absl::string_view text, const FieldRules& rules,
                             absl::string_view field, absl::string_view id,
                             LiteralOr<T> (*parse)(absl::string_view), absl::string_view syntax,
                             absl::string_view least) {
  const LiteralOr<T> value = parse(text);
  if (!value.ok()) {
    const std::string& suggestion = value.error().suggestion;
    return Finding{id, absl::StrCat("`", field, "`: \"", text, "\" ", value.error().reason),
                   std::string(syntax),
                   suggestion.empty() ? "" : absl::StrCat("\"", suggestion, "\""), ""};
  }
  if (!rules.minimum().empty()) least = rules.minimum();
  if (!least.empty()) {
    const LiteralOr<T> bound = parse(least);
    TW_CHECK(bound.ok());
    if (Magnitude(*value) < Magnitude(*bound)) return OutOfRange(text, field, rules, least);
  }
  if (!rules.maximum().empty()) {
    const LiteralOr<T> bound = parse(rules.maximum());
    TW_CHECK(bound.ok());
    if (Magnitude(*value) > Magnitude(*bound)) return OutOfRange(text, field, rules, least);
  }
  return std::nullopt;
}

std::optional<Finding> CheckAddress(absl::string_view text, absl::string_view field,
                                    bool with_prefix) {
  const absl::string_view expected = with_prefix
                                         ? "an address with prefix length such as \"10.0.1.1/24\""
                                         : "an address such as \"10.0.1.1\" or \"fd00::1\"";
  const bool has_slash = text.find('/') != absl::string_view::npos;
  const std::optional<IpPrefix> prefix = IpPrefix::Parse(text);
  if (!prefix || has_slash != with_prefix) {
    return Finding{"E0205", absl::StrCat("`", field, "`: \"", text, "\" is no such address"),
                   std::string(expected),
                   prefix && with_prefix
                       ? absl::StrCat("\"", text, prefix->address.is_v4() ? "/24" : "/64", "\"")
                       : "",
                   ""};
  }
  if (!IsHostAddress(with_prefix ? *prefix : IpPrefix{prefix->address, prefix->address.bits()})) {
    return Finding{"E0205",
                   absl::StrCat("`", field, "`: ", text, " cannot be an interface's address"),
                   "a unicast host address", "", ""};
  }
  return std::nullopt;
}

std::optional<Finding> CheckName(absl::string_view text, absl::string_view field) {
  std::string mended;
  for (const char c : text) {
    const bool fits = absl::ascii_isalnum(c) || c == '-' || c == '_' || c == '.';
    if (fits) {
      mended += c;
    } else if (!mended.empty() && mended.back() != '-') {
      mended += '-';
    }
  }
  while (!mended.empty() && !absl::ascii_isalnum(mended.front())) mended.erase(0, 1);
  if (!mended.empty() && mended.back() == '-') mended.pop_back();
  if (text == mended && text.size() <= 64) return std::nullopt;
  return Finding{
      "E0207", absl::StrCat("`", field, "`: \"", text.substr(0, 80), "\" is no name"),
      "letters, digits, '-', '_' and '.', a letter or digit first, at most 64 characters",
      mended.empty() || mended.size() > 64 ? "" : absl::StrCat("\"", mended, "\""), ""};
}

// "{n}" stands for a number where a field allows it.
std::optional<Finding> CheckSipUri(absl::string_view text, absl::string_view field) {
  const std::string plain = absl::StrReplaceAll(text, {{"{n}", "1"}});
  if (sip::SipUri::Parse(plain).has_value()) return std::nullopt;
  const std::string with_scheme = absl::StrCat("sip:", plain);
  return Finding{
      "E0210", absl::StrCat("`", field, "`: \"", text, "\" is no SIP URI"),
      "a URI such as \"sip:bob@biloxi.example.com\" or \"sip:10.0.0.2:5070;lr\"",
      sip::SipUri::Parse(with_scheme).has_value() ? absl::StrCat("\"sip:", text, "\"") : "", ""};
}

}  // namespace

std::optional<Finding> CheckLiteral(absl::string_view text, const FieldRules& rules,
                                    absl::string_view field) {
  switch (rules.unit()) {
    case scenario::DURATION:
      return Check<Duration>(text, rules, field, "E0201", ParseDuration, DurationSyntax(), "0s");
    case scenario::RATE:
      return Check<DataRate>(text, rules, field, "E0202", ParseRate, RateSyntax(), "");
    case scenario::SIZE:
      return Check<int64_t>(text, rules, field, "E0203", ParseSize, SizeSyntax(), "");
    case scenario::PROBABILITY:
      return Check<Ratio>(text, rules, field, "E0204", ParseProbability, ProbabilitySyntax(), "");
    case scenario::DECIMAL:
      return Check<int64_t>(text, rules, field, "E0208", ParseDecimal, DecimalSyntax(), "");
    case scenario::ADDRESS:
      return CheckAddress(text, field, /*with_prefix=*/false);
    case scenario::PREFIX:
      return CheckAddress(text, field, /*with_prefix=*/true);
    case scenario::SIP_URI:
      return CheckSipUri(text, field);
    case scenario::NAME:
    case scenario::GROUP_REF:
      return CheckName(text, field);
    default:
      return std::nullopt;
  }
}

std::optional<Finding> CheckInteger(int64_t value, const FieldRules& rules,
                                    absl::string_view field) {
  int64_t bound = 0;
  const bool low = absl::SimpleAtoi(rules.minimum(), &bound) && value < bound;
  const bool high = absl::SimpleAtoi(rules.maximum(), &bound) && value > bound;
  if (low || high) return OutOfRange(absl::StrCat(value), field, rules, rules.minimum());
  return std::nullopt;
}

}  // namespace tickwire
