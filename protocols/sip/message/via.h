// Via (RFC 3261 §20.42; rport: RFC 3581 §3). One hop; a message lists them, latest first.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_VIA_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_VIA_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/params.h"

namespace tickwire::sip {

// The prefix of every branch made by an RFC 3261 element (§8.1.1.7).
inline constexpr absl::string_view kMagicCookie = "z9hG4bK";

// Views into the text that was parsed, or that the caller keeps alive.
struct Via {
  static constexpr absl::string_view kName = "Via";
  static constexpr char kCompact = 'v';
  static constexpr bool kIsList = true;
  static constexpr absl::string_view kSection = "20.42";
  static constexpr uint16_t kDefaultPort = 5060;  // §18.1.1

  absl::string_view protocol = "SIP";
  absl::string_view version = "2.0";
  absl::string_view transport;  // "UDP", "TCP", ...
  absl::string_view host;       // of sent-by; IPv6 with its brackets
  std::optional<uint16_t> port;
  Params params;

  static std::optional<Via> Parse(absl::string_view value);
  void AppendTo(std::string& out) const;

  std::optional<absl::string_view> branch() const { return params.Find("branch"); }
  std::optional<absl::string_view> received() const { return params.Find("received"); }
  std::optional<absl::string_view> maddr() const { return params.Find("maddr"); }
  std::optional<uint8_t> ttl() const;
  // Asked for (with or without a value), and its value once the server has filled it in.
  bool has_rport() const { return params.Has("rport"); }
  std::optional<uint16_t> rport() const;
  // The port of sent-by, or the default for its transport.
  uint16_t port_or_default() const;
  bool operator==(const Via&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_VIA_H_
