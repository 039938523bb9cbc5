// Event notification (RFC 6665 §8.2): Event, Allow-Events, Subscription-State.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_EVENT_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_EVENT_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/params.h"

namespace tickwire::sip {

struct Event {  // RFC 6665 §8.2.1
  static constexpr absl::string_view kName = "Event";
  static constexpr char kCompact = 'o';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 6665 8.2.1";
  absl::string_view package;  // "presence", "reg", with templates "presence.winfo"
  Params params;              // "id"
  std::optional<absl::string_view> id() const { return params.Find("id"); }
  // Whether a NOTIFY with this belongs to a subscription with `other`: package and id agree octet
  // by octet, other parameters do not count (§8.2.1).
  bool Matches(const Event& other) const;
  static std::optional<Event> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const Event&) const = default;
};

struct AllowEvents {  // RFC 6665 §8.2.2
  static constexpr absl::string_view kName = "Allow-Events";
  static constexpr char kCompact = 'u';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "RFC 6665 8.2.2";
  absl::string_view package;
  static std::optional<AllowEvents> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const AllowEvents&) const = default;
};

struct SubscriptionState {  // RFC 6665 §8.2.3
  static constexpr absl::string_view kName = "Subscription-State";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 6665 8.2.3";
  absl::string_view state;  // "active", "pending", "terminated" or an extension
  Params params;            // "expires", "reason", "retry-after"
  bool is_active() const;
  bool is_pending() const;
  bool is_terminated() const;
  std::optional<uint32_t> expires_seconds() const;
  std::optional<uint32_t> retry_after_seconds() const;
  std::optional<absl::string_view> reason() const { return params.Find("reason"); }
  static std::optional<SubscriptionState> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;
  bool operator==(const SubscriptionState&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_EVENT_HEADERS_H_
