// Session timers (RFC 4028): Session-Expires and Min-SE, in seconds.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_SESSION_TIMER_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_SESSION_TIMER_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/params.h"

namespace tickwire::sip {

struct SessionExpires {  // RFC 4028 §4
  static constexpr absl::string_view kName = "Session-Expires";
  static constexpr char kCompact = 'x';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 4028 4";
  uint32_t seconds = 0;
  Params params;  // "refresher" with the value "uac" or "uas"
  std::optional<absl::string_view> refresher() const { return params.Find("refresher"); }
  bool is_uac_refresher() const;
  bool is_uas_refresher() const;
  static std::optional<SessionExpires> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const SessionExpires&) const = default;
};

struct MinSe {  // RFC 4028 §5
  static constexpr absl::string_view kName = "Min-SE";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 4028 5";
  static constexpr uint32_t kDefaultSeconds = 90;  // §5: what an absent Min-SE means
  uint32_t seconds = 0;
  Params params;
  static std::optional<MinSe> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const MinSe&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_SESSION_TIMER_HEADERS_H_
