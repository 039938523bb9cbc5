// Digest authentication on the wire (RFC 3261 §20.6, §20.7, §20.27, §20.28, §20.44, §22; RFC 7616
// §3, RFC 8760 §2): challenges, credentials, and what the server says in the end.
//
// These hold texts; what they mean (hashes, nonces, stale) is for protocols/sip/auth. Values keep
// their quotes: use Text(), or Unquote. Views into the text that was parsed, or that the caller
// keeps alive.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_AUTH_HEADERS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_AUTH_HEADERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/params.h"

namespace tickwire::sip {

// name=value pairs with commas between them (auth-param, RFC 3261 §25.1). At most kMaxParams.
class AuthParams {
 public:
  // Reads 1#auth-param up to the end of the scanner. False when one is malformed, or none is there.
  bool ParseFrom(Scanner& scanner);

  // As written, quotes included; nothing when absent. Names compare case-insensitively.
  std::optional<absl::string_view> Find(absl::string_view name) const;
  bool Has(absl::string_view name) const { return Find(name).has_value(); }
  // Without quotes and escapes; empty when absent.
  std::string Text(absl::string_view name) const;
  // Whether the value, quoted or not, is that token in any case ("stale=TRUE").
  bool Is(absl::string_view name, absl::string_view value) const;
  // Replaces or appends. The caller gives the quotes where the grammar wants them (see Quote).
  void Set(absl::string_view name, absl::string_view value);

  size_t size() const { return list_.size(); }
  auto begin() const { return list_.begin(); }
  auto end() const { return list_.end(); }
  void AppendTo(std::string& out) const;  // "realm="x", nonce="y""
  bool operator==(const AuthParams&) const = default;

 private:
  SmallList<Param, 8> list_;
};

// scheme LWS 1#auth-param: a challenge of a server or the credentials of a client.
//
// For the scheme Digest the grammar of the known parameters is checked: quoted ones are quoted, nc
// has eight digits, response is hexadecimal. Which must be there is for the authenticator to say.
struct AuthValue {
  absl::string_view scheme;  // "Digest"; any token
  AuthParams params;

  bool ParseFrom(absl::string_view value);  // into a fresh one; false leaves it in any state
  void AppendTo(std::string& out) const;
  bool is_digest() const;
  bool operator==(const AuthValue&) const = default;
};

struct WwwAuthenticate : AuthValue {  // §20.44
  static constexpr absl::string_view kName = "WWW-Authenticate";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr bool kMayRepeat = true;  // §7.3.1: rows that are not joined by commas
  static constexpr absl::string_view kSection = "20.44";
  static std::optional<WwwAuthenticate> Parse(absl::string_view value);
};

struct ProxyAuthenticate : AuthValue {  // §20.27
  static constexpr absl::string_view kName = "Proxy-Authenticate";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr bool kMayRepeat = true;
  static constexpr absl::string_view kSection = "20.27";
  static std::optional<ProxyAuthenticate> Parse(absl::string_view value);
};

struct Authorization : AuthValue {  // §20.7
  static constexpr absl::string_view kName = "Authorization";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr bool kMayRepeat = true;
  static constexpr absl::string_view kSection = "20.7";
  static std::optional<Authorization> Parse(absl::string_view value);
};

struct ProxyAuthorization : AuthValue {  // §20.28
  static constexpr absl::string_view kName = "Proxy-Authorization";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr bool kMayRepeat = true;
  static constexpr absl::string_view kSection = "20.28";
  static std::optional<ProxyAuthorization> Parse(absl::string_view value);
};

struct AuthenticationInfo {  // §20.6
  static constexpr absl::string_view kName = "Authentication-Info";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "20.6";
  AuthParams params;  // "nextnonce", "qop", "rspauth", "cnonce", "nc"
  static std::optional<AuthenticationInfo> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { params.AppendTo(out); }
  bool operator==(const AuthenticationInfo&) const = default;
};

struct ProxyAuthenticationInfo {  // RFC 7615, by RFC 7616 §3.5
  static constexpr absl::string_view kName = "Proxy-Authentication-Info";
  static constexpr char kCompact = '\0';
  static constexpr bool kIsList = false;
  static constexpr absl::string_view kSection = "RFC 7616 3.5";
  AuthParams params;
  static std::optional<ProxyAuthenticationInfo> Parse(absl::string_view value);
  void AppendTo(std::string& out) const { params.AppendTo(out); }
  bool operator==(const ProxyAuthenticationInfo&) const = default;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_AUTH_HEADERS_H_
