// Warning (RFC 3261 §20.43) and Reason (RFC 3326 §2): why something happened.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_WARNING_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_WARNING_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/params.h"

namespace tickwire::sip {

struct Warning {
  static constexpr absl::string_view kName = "Warning";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.43";
  uint16_t code = 0;        // 3 digits
  absl::string_view agent;  // host[:port] or a pseudonym
  absl::string_view text;   // quoted, see Unquote
  static std::optional<Warning> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const Warning&) const = default;
};

struct Reason {
  static constexpr absl::string_view kName = "Reason";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "RFC 3326 2";
  absl::string_view protocol;  // "SIP", "Q.850"
  Params params;               // cause, text
  static std::optional<Reason> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  std::optional<uint16_t> cause() const;
  bool operator==(const Reason&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_WARNING_H_
