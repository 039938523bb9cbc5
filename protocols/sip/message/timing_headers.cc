#include "protocols/sip/message/timing_headers.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/limits.h"

namespace tickwire::sip {
namespace {

// "(" *(ctext / quoted-pair / comment) ")", nested; with its parentheses.
std::optional<absl::string_view> TakeComment(Scanner& scanner) {
  const absl::string_view text = scanner.rest();
  size_t depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '(') {
      ++depth;
    } else if (text[i] == ')' && --depth == 0) {
      scanner = Scanner(text.substr(i + 1));
      return text.substr(0, i + 1);
    }
  }
  return std::nullopt;
}

// *DIGIT [ "." *DIGIT ]
absl::string_view TakeDecimalText(Scanner& scanner) {
  const absl::string_view text = scanner.rest();
  scanner.TakeWhile(kDigitChar);
  if (scanner.Consume('.')) scanner.TakeWhile(kDigitChar);
  return text.substr(0, text.size() - scanner.rest().size());
}

bool IsOneOf(absl::string_view word, std::initializer_list<absl::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// `text` as a number of exactly its length in digits, within [low, high].
bool IsNumberIn(absl::string_view text, uint64_t low, uint64_t high) {
  const std::optional<uint64_t> value = ParseDecimal(text, high);
  return value.has_value() && *value >= low;
}

}  // namespace

std::optional<RetryAfter> RetryAfter::Parse(absl::string_view value) {
  Scanner scanner(value);
  scanner.SkipLws();
  RetryAfter result;
  const auto seconds = ParseDecimal(scanner.TakeWhile(kDigitChar), kMaxDeltaSeconds);
  if (!seconds.has_value()) return std::nullopt;
  result.seconds = static_cast<uint32_t>(*seconds);
  scanner.SkipLws();
  if (scanner.Peek() == '(') {
    const std::optional<absl::string_view> comment = TakeComment(scanner);
    if (!comment.has_value()) return std::nullopt;
    result.comment = *comment;
  }
  if (!result.params.ParseFrom(scanner)) return std::nullopt;
  scanner.SkipLws();
  if (!scanner.at_end()) return std::nullopt;
  return result;
}

void RetryAfter::AppendTo(std::string& out) const {
  absl::StrAppend(&out, seconds);
  if (!comment.empty()) absl::StrAppend(&out, " ", comment);
  params.AppendTo(out);
}

std::optional<Timestamp> Timestamp::Parse(absl::string_view value) {
  Scanner scanner(value);
  scanner.SkipLws();
  Timestamp result;
  result.time = TakeDecimalText(scanner);
  if (result.time.empty() || !IsIn(result.time.front(), kDigitChar)) return std::nullopt;
  if (IsIn(scanner.Peek(), kLwsChar)) {
    scanner.SkipLws();
    result.delay = TakeDecimalText(scanner);
  }
  scanner.SkipLws();
  if (!scanner.at_end()) return std::nullopt;
  return result;
}

void Timestamp::AppendTo(std::string& out) const {
  absl::StrAppend(&out, time);
  if (!delay.empty()) absl::StrAppend(&out, " ", delay);
}

std::optional<Date> Date::Parse(absl::string_view value) {
  const absl::string_view text = TrimLws(value);
  constexpr absl::string_view kShape = "Www, DD Mmm YYYY HH:MM:SS GMT";
  if (text.size() != kShape.size()) return std::nullopt;
  for (const size_t i : {3u, 4u, 7u, 11u, 16u, 19u, 22u, 25u}) {
    if (text[i] != kShape[i]) return std::nullopt;
  }
  if (!IsOneOf(text.substr(0, 3), {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}) ||
      !IsOneOf(text.substr(8, 3), {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
                                   "Oct", "Nov", "Dec"}) ||
      text.substr(26) != "GMT") {
    return std::nullopt;
  }
  if (!IsNumberIn(text.substr(5, 2), 1, 31) || !IsNumberIn(text.substr(12, 4), 0, 9999) ||
      !IsNumberIn(text.substr(17, 2), 0, 23) || !IsNumberIn(text.substr(20, 2), 0, 59) ||
      !IsNumberIn(text.substr(23, 2), 0, 60)) {
    return std::nullopt;
  }
  return Date{text};
}

}  // namespace tickwire::sip
