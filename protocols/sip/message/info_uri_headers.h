// Headers that point to more to fetch: Alert-Info (RFC 3261 §20.4), Call-Info (§20.9),
// Error-Info (§20.18).
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_INFO_URI_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_INFO_URI_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/params.h"

namespace tickwire::sip {

struct AlertInfo {  // §20.4
  static constexpr absl::string_view kName = "Alert-Info";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.4";
  absl::string_view uri;  // without the angle brackets
  Params params;
  static std::optional<AlertInfo> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const AlertInfo&) const = default;
};

struct CallInfo {  // §20.9
  static constexpr absl::string_view kName = "Call-Info";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.9";
  absl::string_view uri;  // without the angle brackets
  Params params;
  std::optional<absl::string_view> purpose() const { return params.Find("purpose"); }
  static std::optional<CallInfo> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const CallInfo&) const = default;
};

struct ErrorInfo {  // §20.18
  static constexpr absl::string_view kName = "Error-Info";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.18";
  absl::string_view uri;  // without the angle brackets
  Params params;
  static std::optional<ErrorInfo> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const ErrorInfo&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_INFO_URI_HEADERS_H_
