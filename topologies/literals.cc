#include "topologies/literals.h"

#include <limits>
#include <span>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "sim_core/base/int128.h"

namespace tickwire {
namespace {

struct UnitName {
  absl::string_view name;
  int64_t factor;
};
constexpr UnitName kDurationUnits[] = {{"ns", 1},
                                       {"us", 1'000},
                                       {"ms", 1'000'000},
                                       {"s", 1'000'000'000},
                                       {"min", 60'000'000'000},
                                       {"h", 3'600'000'000'000}};
constexpr UnitName kRateUnits[] = {{"bps", 1},
                                   {"kbps", 1'000},
                                   {"Mbps", 1'000'000},
                                   {"Gbps", 1'000'000'000},
                                   {"Tbps", 1'000'000'000'000}};
constexpr UnitName kSizeUnits[] = {
    {"B", 1},         {"kB", 1'000},    {"MB", 1'000'000}, {"GB", 1'000'000'000},
    {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}};
constexpr UnitName kPercent[] = {{"%", 10'000'000}, {"", 1'000'000'000}};
constexpr UnitName kMillionths[] = {{"", 1'000'000}};

// Digits, at most one point, then the unit. No more than 38 digits, so that Int128 holds them.
struct Decimal {
  bool negative = false;
  Int128 digits = 0;
  int scale = 0;  // value = digits / 10^scale
  absl::string_view unit;
};

std::optional<Decimal> Split(absl::string_view text) {
  Decimal out;
  if (absl::ConsumePrefix(&text, "-")) out.negative = true;
  size_t i = 0;
  int digits = 0, significant = 0;
  bool point = false;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '.' && !point) {
      point = true;
    } else if (absl::ascii_isdigit(c)) {
      ++digits;
      if (out.digits != 0 || c != '0') ++significant;
      if (significant > 28) return std::nullopt;
      out.digits = out.digits * 10 + (c - '0');
      if (point) ++out.scale;
      if (out.scale > 28) return std::nullopt;
    } else {
      break;
    }
  }
  if (digits == 0 || (i > 0 && text[i - 1] == '.')) return std::nullopt;
  out.unit = text.substr(i);
  return out;
}

absl::string_view Number(absl::string_view text) {
  return text.substr(0, text.find_first_not_of("-.0123456789"));
}

LiteralError Unreadable(absl::string_view text) {
  return {text.empty() ? "is empty" : "is not a number with a unit", ""};
}

// The value in the smallest unit, or why not. `finest` names that unit in the message.
LiteralOr<int64_t> ParseScaled(absl::string_view text, std::span<const UnitName> units,
                               absl::string_view finest) {
  const std::optional<Decimal> decimal = Split(text);
  if (!decimal) return Unreadable(text);
  const UnitName* unit = nullptr;
  const UnitName* similar = nullptr;
  absl::string_view given = decimal->unit;
  if (given == "µs") given = "us";
  for (const UnitName& candidate : units) {
    if (candidate.name == given) unit = &candidate;
    if (!given.empty() && absl::EqualsIgnoreCase(candidate.name, absl::StripAsciiWhitespace(given)))
      similar = &candidate;
  }
  if (unit == nullptr) {
    const bool bare = given.empty();
    return LiteralError{bare ? "has no unit" : absl::StrCat("has the unknown unit \"", given, "\""),
                        similar != nullptr ? absl::StrCat(Number(text), similar->name)
                        : bare && decimal->digits == 0 && units.size() > 1
                            ? absl::StrCat("0", units[units.size() > 3 ? 3 : 0].name)
                            : ""};
  }
  Int128 divisor = 1;
  for (int i = 0; i < decimal->scale; ++i) divisor *= 10;
  const Int128 most = static_cast<Int128>(std::numeric_limits<int64_t>::max()) - 1;
  if (decimal->digits / divisor > most / unit->factor) return LiteralError{"is too large", ""};
  // digits / divisor <= most / factor and divisor <= 10^28, but the product may still be large:
  // split into whole and fraction.
  const Int128 whole = decimal->digits / divisor * unit->factor;
  Int128 fraction = decimal->digits % divisor;
  // 10^28 * 3.6e12 exceeds 2^127; take common powers of ten out first.
  Int128 factor = unit->factor;
  while (divisor % 10 == 0 && (fraction % 10 == 0 || factor % 10 == 0)) {
    divisor /= 10;
    if (fraction % 10 == 0) {
      fraction /= 10;
    } else {
      factor /= 10;
    }
  }
  if (divisor > 1'000'000'000'000'000 || (fraction * factor) % divisor != 0)
    return LiteralError{absl::StrCat("is finer than ", finest), ""};
  const Int128 value = whole + fraction * factor / divisor;
  if (value > most) return LiteralError{"is too large", ""};
  return static_cast<int64_t>(decimal->negative ? -value : value);
}

LiteralOr<Ratio> ParseFraction(absl::string_view text, size_t slash) {
  Ratio ratio;
  if (!absl::SimpleAtoi(text.substr(0, slash), &ratio.numerator) ||
      !absl::SimpleAtoi(text.substr(slash + 1), &ratio.denominator) ||
      !absl::ascii_isdigit(text[0]) || !absl::ascii_isdigit(text[slash + 1])) {
    return LiteralError{"is not a fraction of two whole numbers below 2^32", ""};
  }
  if (ratio.denominator == 0) return LiteralError{"divides by zero", ""};
  if (ratio.numerator > ratio.denominator) return LiteralError{"is more than 1", ""};
  return ratio;
}

}  // namespace

LiteralOr<Duration> ParseDuration(absl::string_view text) {
  if (text == "never" || text == "infinite") return Duration::Infinite();
  LiteralOr<int64_t> nanos = ParseScaled(text, kDurationUnits, "1 ns");
  if (!nanos.ok()) return nanos.error();
  return Duration::Nanos(*nanos);
}

LiteralOr<DataRate> ParseRate(absl::string_view text) {
  if (text == "infinite") return DataRate::Infinite();
  LiteralOr<int64_t> bits = ParseScaled(text, kRateUnits, "1 bit/s");
  if (!bits.ok()) return bits.error();
  if (*bits <= 0) {
    return LiteralError{"is not above zero (a dead link is an outage or link_down)", ""};
  }
  return DataRate::BitsPerSecond(*bits);
}

LiteralOr<int64_t> ParseSize(absl::string_view text) {
  LiteralOr<int64_t> bytes = ParseScaled(text, kSizeUnits, "1 byte");
  if (bytes.ok() && absl::StartsWith(text, "-")) return LiteralError{"is negative", ""};
  return bytes;
}

LiteralOr<Ratio> ParseProbability(absl::string_view text) {
  const size_t slash = text.find('/');
  if (slash != absl::string_view::npos && slash > 0 && slash + 1 < text.size()) {
    return ParseFraction(text, slash);
  }
  LiteralOr<int64_t> parts = ParseScaled(text, kPercent, "one part in 1,000,000,000");
  if (!parts.ok()) return parts.error();
  if (absl::StartsWith(text, "-")) return LiteralError{"is negative", ""};
  if (*parts > 1'000'000'000) {
    const bool percent_meant = !absl::EndsWith(text, "%") && *parts <= 100'000'000'000;
    return LiteralError{"is more than 1", percent_meant ? absl::StrCat(text, "%") : ""};
  }
  return Ratio{static_cast<uint32_t>(*parts), 1'000'000'000};
}

LiteralOr<int64_t> ParseDecimal(absl::string_view text) {
  return ParseScaled(text, kMillionths, "0.000001");
}

absl::string_view DurationSyntax() {
  return "a duration such as \"20ms\" (units ns, us, ms, s, min, h)";
}
absl::string_view RateSyntax() {
  return "a rate such as \"10Mbps\" (units bps, kbps, Mbps, Gbps, Tbps) or \"infinite\"";
}
absl::string_view SizeSyntax() {
  return "a size such as \"1500B\" (units B, kB, MB, GB, KiB, MiB, GiB)";
}
absl::string_view ProbabilitySyntax() {
  return "a probability such as \"1%\", \"0.01\" or \"1/100\", from 0 to 1";
}
absl::string_view DecimalSyntax() { return "a decimal number such as \"1.5\""; }

}  // namespace tickwire
