// A SIP or SIPS URI (RFC 3261 §19.1, §25.1):
// "sips:user:password@host:port;param=value?header=value".
//
// A value of views into the text that was parsed (or that the caller keeps alive); escapes stay as
// they are. tel: has its own file; other schemes are kept as opaque text by their holder.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_SIP_URI_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_SIP_URI_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire::sip {

struct SipUri {
  bool is_secure = false;                     // sips:
  absl::string_view user;                     // empty when there is none
  std::optional<absl::string_view> password;  // RFC 3261 advises against it, the grammar has it
  absl::string_view host;                     // IPv6 with its brackets
  std::optional<uint16_t> port;
  absl::string_view params;   // ";lr;transport=udp" as it is, or empty
  absl::string_view headers;  // "?subject=x&priority=urgent" as it is, or empty

  // Nothing for another scheme, white space, a bad escape, or any other breach of the grammar.
  static std::optional<SipUri> Parse(absl::string_view text);
  void AppendTo(std::string& out) const;
  std::string ToString() const;

  // The value of a URI parameter; nothing when absent, empty for a flag such as "lr".
  std::optional<absl::string_view> Param(absl::string_view name) const;
  bool is_loose_router() const { return Param("lr").has_value(); }
};

// The comparison of §19.1.4: scheme equal; user and password with case, all else without; an
// escaped octet equals itself unless it is reserved; user, ttl, method, maddr and transport must be
// in both or in neither; other parameters count only when both have them; headers must match in any
// order.
bool AreEquivalent(const SipUri& a, const SipUri& b);

// Whether two URI texts of any scheme mean the same: §19.1.4 when both are SIP, RFC 3966 §4 when
// both are tel, else octet by octet.
bool AreUrisEquivalent(absl::string_view a, absl::string_view b);

// "scheme" in front of the first colon, when it has the form of one (RFC 3261 §25.1 absoluteURI).
std::optional<absl::string_view> UriScheme(absl::string_view text);
// Whether the text can be a URI at all: a SIP URI, or scheme ":" and URI octets.
bool IsUri(absl::string_view text);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_SIP_URI_H_
