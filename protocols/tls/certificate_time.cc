#include "protocols/tls/certificate_time.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace tickwire::tls {
namespace {

constexpr int64_t kDay = 86'400;

// Days from 1970-01-01 to the first of March of `year`, in the calendar of Gregory.
constexpr int64_t DaysToMarch(int64_t year) {
  const int64_t leaps = year / 4 - year / 100 + year / 400;
  return year * 365 + leaps - 719'468;
}
static_assert(DaysToMarch(1970) == 59 && DaysToMarch(2000) == 11'017);

// The year begins in March, so that the odd day comes last. Days before the month.
constexpr int64_t DaysBefore(int64_t months_since_march) {
  return (153 * months_since_march + 2) / 5;
}

constexpr int DaysIn(int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return kDays[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

constexpr int64_t DaysTo(int64_t year, int month, int day) {
  return month > 2 ? DaysToMarch(year) + DaysBefore(month - 3) + day - 1
                   : DaysToMarch(year - 1) + DaysBefore(month + 9) + day - 1;
}

std::string TwoDigits(int64_t value) { return absl::StrCat(absl::Dec(value, absl::kZeroPad2)); }

}  // namespace

der::Bytes EncodeTime(int64_t seconds) {
  int64_t days = seconds / kDay;
  int64_t rest = seconds % kDay;
  if (rest < 0) {
    rest += kDay;
    --days;
  }
  int64_t year = 1970 + days / 366;  // not beyond, or by little where negative
  while (DaysTo(year, 1, 1) > days) --year;
  while (DaysTo(year + 1, 1, 1) <= days) ++year;
  int month = 12;
  while (DaysTo(year, month, 1) > days) --month;
  const int64_t day = days - DaysTo(year, month, 1) + 1;
  const std::string tail = absl::StrCat(TwoDigits(month), TwoDigits(day), TwoDigits(rest / 3600),
                                        TwoDigits(rest / 60 % 60), TwoDigits(rest % 60), "Z");
  if (year >= 1950 && year < 2050) {
    return der::Tlv(der::kUtcTime, absl::StrCat(TwoDigits(year % 100), tail));
  }
  return der::Tlv(der::kGeneralizedTime, absl::StrCat(absl::Dec(year, absl::kZeroPad4), tail));
}

std::optional<int64_t> ParseTime(const der::Element& element) {
  const size_t year_digits = element.tag == der::kUtcTime ? 2 : 4;
  if (element.tag != der::kUtcTime && element.tag != der::kGeneralizedTime) return std::nullopt;
  if (element.content.size() != year_digits + 11 || element.content.back() != 'Z') {
    return std::nullopt;
  }
  size_t at = 0;
  bool is_good = true;
  const auto digits = [&](size_t count) {
    int64_t value = 0;
    for (; count > 0; --count, ++at) {
      const uint8_t c = element.content[at];
      is_good = is_good && c >= '0' && c <= '9';
      value = value * 10 + (c - '0');
    }
    return value;
  };
  int64_t year = digits(year_digits);
  if (year_digits == 2) year += year < 50 ? 2000 : 1900;
  const int64_t month = digits(2), day = digits(2), hour = digits(2), minute = digits(2),
                second = digits(2);
  if (!is_good || month < 1 || month > 12 || day < 1 ||
      day > DaysIn(year, static_cast<int>(month)) || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  return DaysTo(year, static_cast<int>(month), static_cast<int>(day)) * kDay + hour * 3600 +
         minute * 60 + second;
}

}  // namespace tickwire::tls
