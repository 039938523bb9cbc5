#include "protocols/sip/message/sip_uri.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/message/char_class.h"
#include "protocols/sip/message/limits.h"
#include "protocols/sip/message/scanner.h"
#include "protocols/sip/message/tel_uri.h"
#include "protocols/transport/ip_address.h"

namespace tickwire::sip {
namespace {

// Octets in `classes`, or "%" and two hex digits.
bool IsEscapedText(absl::string_view text, uint16_t classes) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (IsIn(text[i], classes)) continue;
    if (text[i] != '%' || text.size() - i < 3) return false;
    if (!IsIn(text[i + 1], kHexChar) || !IsIn(text[i + 2], kHexChar)) return false;
    i += 2;
  }
  return true;
}

// Takes the next part up to `separator` off the front of `text`.
absl::string_view TakePart(absl::string_view& text, char separator) {
  const size_t at = text.find(separator);
  const absl::string_view part = text.substr(0, at);
  text = at == absl::string_view::npos ? absl::string_view() : text.substr(at + 1);
  return part;
}

struct NameValue {
  absl::string_view name, value;
};

NameValue SplitPair(absl::string_view part) {
  const size_t equals = part.find('=');
  if (equals == absl::string_view::npos) return {part, {}};
  return {part.substr(0, equals), part.substr(equals + 1)};
}

bool AreParamsValid(absl::string_view params) {
  size_t count = 0;
  while (!params.empty()) {
    const NameValue param = SplitPair(TakePart(params, ';'));
    if (++count > kMaxParams || param.name.empty()) return false;
    if (!IsEscapedText(param.name, kUriParamChar)) return false;
    if (!IsEscapedText(param.value, kUriParamChar)) return false;
  }
  return true;
}

bool AreHeadersValid(absl::string_view headers) {
  size_t count = 0;
  while (!headers.empty()) {
    const absl::string_view part = TakePart(headers, '&');
    const NameValue header = SplitPair(part);
    if (++count > kMaxParams || header.name.empty()) return false;
    if (part.size() == header.name.size()) return false;  // "=" is not optional here
    if (!IsEscapedText(header.name, kUriHeaderChar)) return false;
    if (!IsEscapedText(header.value, kUriHeaderChar)) return false;
  }
  return true;
}

// One octet of escaped text: the octet, and whether the escape matters for comparison. §19.1.4:
// an octet outside "reserved" is equal to its escaped form.
struct Octet {
  uint8_t value;
  bool is_escaped_reserved;
  bool operator==(const Octet&) const = default;
};

Octet TakeOctet(absl::string_view& text) {
  const auto hex = [](char c) {
    return static_cast<uint8_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  };
  if (text.front() == '%' && text.size() >= 3 && IsIn(text[1], kHexChar) &&
      IsIn(text[2], kHexChar)) {
    const uint8_t value = static_cast<uint8_t>(hex(text[1]) << 4 | hex(text[2]));
    text.remove_prefix(3);
    const bool reserved =
        absl::string_view(";/?:@&=+$,").find(static_cast<char>(value)) != absl::string_view::npos;
    return {value, reserved};
  }
  const Octet octet{static_cast<uint8_t>(text.front()), false};
  text.remove_prefix(1);
  return octet;
}

enum class Case { kMatters, kIgnored };

bool IsSameEscapedText(absl::string_view a, absl::string_view b, Case letter_case) {
  const auto fold = [letter_case](Octet octet) {
    if (letter_case == Case::kIgnored && octet.value >= 'A' && octet.value <= 'Z')
      octet.value |= 0x20;
    return octet;
  };
  while (!a.empty() && !b.empty()) {
    if (fold(TakeOctet(a)) != fold(TakeOctet(b))) return false;
  }
  return a.empty() && b.empty();
}

std::optional<absl::string_view> FindParam(absl::string_view params, absl::string_view name) {
  while (!params.empty()) {
    const NameValue param = SplitPair(TakePart(params, ';'));
    if (IsSameEscapedText(param.name, name, Case::kIgnored)) return param.value;
  }
  return std::nullopt;
}

bool AreParamsEquivalent(absl::string_view a, absl::string_view b) {
  // These change where or how a request goes, so a missing one is not a match, not even with the
  // default of a missing one (transport: see the examples of §19.1.4).
  for (const absl::string_view name : {"user", "ttl", "method", "maddr", "transport"}) {
    if (FindParam(a, name).has_value() != FindParam(b, name).has_value()) return false;
  }
  while (!a.empty()) {  // kMaxParams bounds this product
    const NameValue param = SplitPair(TakePart(a, ';'));
    const std::optional<absl::string_view> other = FindParam(b, param.name);
    if (other.has_value() && !IsSameEscapedText(param.value, *other, Case::kIgnored)) return false;
  }
  return true;
}

bool AreHeadersEquivalent(absl::string_view a, absl::string_view b) {
  absl::InlinedVector<std::pair<NameValue, bool>, 8> unmatched;  // of b, with "taken"
  for (absl::string_view rest = b; !rest.empty();) {
    unmatched.push_back({SplitPair(TakePart(rest, '&')), false});
  }
  size_t matched = 0;
  while (!a.empty()) {
    const NameValue header = SplitPair(TakePart(a, '&'));
    const auto found = std::find_if(unmatched.begin(), unmatched.end(), [&](const auto& other) {
      return !other.second && IsSameEscapedText(header.name, other.first.name, Case::kIgnored) &&
             IsSameEscapedText(header.value, other.first.value, Case::kMatters);
    });
    if (found == unmatched.end()) return false;
    found->second = true;
    ++matched;
  }
  return matched == unmatched.size();
}

// RFC 5954 §4.2: IPv6 references are compared as addresses, not as text.
bool IsSameHost(absl::string_view a, absl::string_view b) {
  if (EqualsIgnoreCase(a, b)) return true;
  if (a.size() < 2 || b.size() < 2 || a.front() != '[' || b.front() != '[') return false;
  const auto address_a = IpAddress::Parse(a.substr(1, a.size() - 2));
  const auto address_b = IpAddress::Parse(b.substr(1, b.size() - 2));
  return address_a.has_value() && address_a == address_b;
}

absl::string_view WithoutMark(absl::string_view text) {
  return text.empty() ? text : text.substr(1);
}

}  // namespace

std::optional<SipUri> SipUri::Parse(absl::string_view text) {
  const std::optional<absl::string_view> scheme = UriScheme(text);
  if (!scheme.has_value()) return std::nullopt;
  SipUri uri;
  uri.is_secure = EqualsIgnoreCase(*scheme, "sips");
  if (!uri.is_secure && !EqualsIgnoreCase(*scheme, "sip")) return std::nullopt;
  text.remove_prefix(scheme->size() + 1);

  // "@" cannot occur unescaped anywhere else, and user may contain ";" and "?".
  const size_t at = text.find('@');
  if (at != absl::string_view::npos) {
    absl::string_view user_info = text.substr(0, at);
    const size_t colon = user_info.find(':');
    uri.user = user_info.substr(0, colon);
    if (uri.user.empty() || !IsEscapedText(uri.user, kUserChar)) return std::nullopt;
    if (colon != absl::string_view::npos) {
      uri.password = user_info.substr(colon + 1);
      if (!IsEscapedText(*uri.password, kPasswordChar)) return std::nullopt;
    }
    text.remove_prefix(at + 1);
  }

  Scanner scanner(text);
  const std::optional<absl::string_view> host = scanner.Host();
  if (!host.has_value()) return std::nullopt;
  uri.host = *host;
  if (scanner.Consume(':')) {
    const std::optional<uint64_t> port = ParseDecimal(scanner.TakeWhile(kDigitChar), 65535);
    if (!port.has_value()) return std::nullopt;
    uri.port = static_cast<uint16_t>(*port);
  }
  const absl::string_view rest = scanner.rest();
  const size_t mark = rest.find('?');
  uri.params = rest.substr(0, mark);
  if (mark != absl::string_view::npos) {
    uri.headers = rest.substr(mark);
    if (uri.headers.size() == 1 || !AreHeadersValid(uri.headers.substr(1))) return std::nullopt;
  }
  if (!uri.params.empty()) {
    if (uri.params.front() != ';' || uri.params.size() == 1) return std::nullopt;
    if (!AreParamsValid(uri.params.substr(1))) return std::nullopt;
  }
  return uri;
}

void SipUri::AppendTo(std::string& out) const {
  absl::StrAppend(&out, is_secure ? "sips:" : "sip:");
  if (!user.empty()) {
    absl::StrAppend(&out, user);
    if (password.has_value()) absl::StrAppend(&out, ":", *password);
    out.push_back('@');
  }
  absl::StrAppend(&out, host);
  if (port.has_value()) absl::StrAppend(&out, ":", *port);
  absl::StrAppend(&out, params, headers);
}

std::string SipUri::ToString() const {
  std::string out;
  AppendTo(out);
  return out;
}

std::optional<absl::string_view> SipUri::Param(absl::string_view name) const {
  return FindParam(WithoutMark(params), name);
}

bool AreEquivalent(const SipUri& a, const SipUri& b) {
  if (a.is_secure != b.is_secure) return false;
  if (!IsSameEscapedText(a.user, b.user, Case::kMatters)) return false;
  if (a.password.has_value() != b.password.has_value()) return false;
  if (a.password.has_value() && !IsSameEscapedText(*a.password, *b.password, Case::kMatters)) {
    return false;
  }
  // An absent port is not the default port here: "sip:a" and "sip:a:5060" differ.
  if (!IsSameHost(a.host, b.host) || a.port != b.port) return false;
  return AreParamsEquivalent(WithoutMark(a.params), WithoutMark(b.params)) &&
         AreHeadersEquivalent(WithoutMark(a.headers), WithoutMark(b.headers));
}

bool AreUrisEquivalent(absl::string_view a, absl::string_view b) {
  const std::optional<SipUri> sip_a = SipUri::Parse(a);
  const std::optional<SipUri> sip_b = SipUri::Parse(b);
  if (sip_a.has_value() && sip_b.has_value()) return AreEquivalent(*sip_a, *sip_b);
  const std::optional<TelUri> tel_a = TelUri::Parse(a);
  const std::optional<TelUri> tel_b = TelUri::Parse(b);
  if (tel_a.has_value() && tel_b.has_value()) return AreEquivalent(*tel_a, *tel_b);
  return a == b;
}

std::optional<absl::string_view> UriScheme(absl::string_view text) {
  const size_t colon = text.find(':');
  if (colon == absl::string_view::npos || colon == 0 || !IsIn(text[0], kAlphaChar)) {
    return std::nullopt;
  }
  const absl::string_view scheme = text.substr(0, colon);
  for (const char c : scheme) {
    if (!IsIn(c, kAlphaChar | kDigitChar) && c != '+' && c != '-' && c != '.') return std::nullopt;
  }
  return scheme;
}

bool IsUri(absl::string_view text) {
  const std::optional<absl::string_view> scheme = UriScheme(text);
  if (!scheme.has_value()) return false;
  if (EqualsIgnoreCase(*scheme, "sip") || EqualsIgnoreCase(*scheme, "sips")) {
    return SipUri::Parse(text).has_value();
  }
  if (EqualsIgnoreCase(*scheme, "tel")) return TelUri::Parse(text).has_value();
  const absl::string_view rest = text.substr(scheme->size() + 1);
  return !rest.empty() && IsEscapedText(rest, kUriChar);
}

}  // namespace tickwire::sip
