// Retry-After (RFC 3261 §20.33), Timestamp (§20.38), Date (§20.17).
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_TIMING_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_TIMING_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/params.h"

namespace tickwire::sip {

struct RetryAfter {
  static constexpr absl::string_view kName = "Retry-After";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.33";
  uint32_t seconds = 0;
  absl::string_view comment;  // with its parentheses, or empty
  Params params;              // "duration"
  static std::optional<RetryAfter> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const RetryAfter&) const = default;
};

struct Timestamp {
  static constexpr absl::string_view kName = "Timestamp";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.38";
  absl::string_view time;   // decimal text: digits [ "." digits ]
  absl::string_view delay;  // the same, or empty
  static std::optional<Timestamp> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const Timestamp&) const = default;
};

// RFC 1123 date, GMT only: "Sat, 13 Nov 2010 23:29:00 GMT". Ranges of day and time are checked, not
// whether the weekday fits.
struct Date {
  static constexpr absl::string_view kName = "Date";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.17";
  absl::string_view text;
  static std::optional<Date> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { out.append(text.data(), text.size()); }
  bool operator==(const Date&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_TIMING_HEADERS_H_
