// Headers whose value is one number: Content-Length, Max-Forwards, Expires, Min-Expires,
// Max-Breadth.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_NUMBER_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_NUMBER_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

struct ContentLength {  // RFC 3261 §20.14
  static constexpr absl::string_view kName = "Content-Length";
  static constexpr char kCompact = 'l';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.14";
  uint32_t bytes = 0;
  static std::optional<ContentLength> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const ContentLength&) const = default;
};

struct MaxForwards {  // RFC 3261 §20.22
  static constexpr absl::string_view kName = "Max-Forwards";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.22";
  uint8_t hops = 70;  // the value recommended by §8.1.1.6
  static std::optional<MaxForwards> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const MaxForwards&) const = default;
};

struct Expires {  // RFC 3261 §20.19
  static constexpr absl::string_view kName = "Expires";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.19";
  uint32_t seconds = 0;
  static std::optional<Expires> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const Expires&) const = default;
};

struct MinExpires {  // RFC 3261 §20.23
  static constexpr absl::string_view kName = "Min-Expires";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.23";
  uint32_t seconds = 0;
  static std::optional<MinExpires> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const MinExpires&) const = default;
};

struct MaxBreadth {  // RFC 5393 §5.3.3: how many branches may exist at once
  static constexpr absl::string_view kName = "Max-Breadth";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 5393 5.3.3";
  uint32_t branches = 60;  // the default of §5.3.3
  static std::optional<MaxBreadth> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const MaxBreadth&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_NUMBER_HEADERS_H_
