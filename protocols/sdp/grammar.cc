#include "protocols/sdp/grammar.h"

#include <algorithm>

#include "protocols/transport/ip_address.h"

namespace tickwire::sdp {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool IsTokenChar(char c) {
  return IsDigit(c) || IsAlpha(c) ||
         (c != '\0' && absl::string_view("!#$%&'*+-.^_`{|}~").find(c) != absl::string_view::npos);
}

// FQDN = 4*(alpha-numeric / "-" / "."): shorter names are for the extension rule.
bool IsHostName(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsDigit(c) || IsAlpha(c) || c == '-' || c == '.';
  });
}

// integer = POS-DIGIT *DIGIT
bool IsInteger(absl::string_view text) {
  return ParseNumber(text, kAnyNumber).has_value() && text[0] != '0';
}

// 1*DIGIT [d / h / m / s]
bool IsTypedTime(absl::string_view text) {
  if (!text.empty() && absl::string_view("dhms").find(text.back()) != absl::string_view::npos) {
    text.remove_suffix(1);
  }
  return ParseNumber(text, kAnyNumber).has_value();
}

bool IsBase64(absl::string_view text) {
  const size_t data = std::min(text.find('='), text.size());
  if (text.size() % 4 != 0 || text.size() - data > 2) return false;
  return std::all_of(text.begin(), text.begin() + static_cast<ptrdiff_t>(data),
                     [](char c) { return IsDigit(c) || IsAlpha(c) || c == '+' || c == '/'; }) &&
         std::all_of(text.begin() + static_cast<ptrdiff_t>(data), text.end(),
                     [](char c) { return c == '='; });
}

}  // namespace

std::optional<uint64_t> ParseNumber(absl::string_view text, uint64_t max) {
  if (text.empty()) return std::nullopt;
  uint64_t value = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    const uint64_t digit = static_cast<uint64_t>(c - '0');
    if (digit > max || value > (max - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

bool IsToken(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenChar);
}

bool IsNonWhite(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    const uint8_t octet = static_cast<uint8_t>(c);
    return octet > 0x20 && octet != 0x7f;
  });
}

bool IsProtocol(absl::string_view text) {
  while (true) {
    const size_t slash = text.find('/');
    if (!IsToken(text.substr(0, slash))) return false;
    if (slash == absl::string_view::npos) return true;
    text = text.substr(slash + 1);
  }
}

bool IsAddress(absl::string_view net_type, absl::string_view addr_type, absl::string_view address) {
  if (!IsToken(net_type) || !IsToken(addr_type)) return false;
  if (net_type != "IN") return IsNonWhite(address);
  const std::optional<IpAddress> ip = IpAddress::Parse(address);
  if (addr_type == "IP4") return ip.has_value() ? ip->is_v4() : IsHostName(address);
  if (addr_type == "IP6") return ip.has_value() ? ip->is_v6() : IsHostName(address);
  return IsNonWhite(address);
}

bool IsConnectionAddress(absl::string_view net_type, absl::string_view addr_type,
                         absl::string_view address) {
  const size_t slash = address.find('/');
  const absl::string_view base = address.substr(0, slash);
  if (!IsAddress(net_type, addr_type, base)) return false;
  const std::optional<IpAddress> ip = IpAddress::Parse(base);
  const bool is_multicast = ip.has_value() && ip->is_multicast();
  if (slash == absl::string_view::npos) {
    // §5.7: a ttl is mandatory with IPv4 multicast.
    return net_type != "IN" || addr_type != "IP4" || !is_multicast;
  }
  if (ip.has_value() && !is_multicast) return false;
  absl::string_view rest = address.substr(slash + 1);
  if (addr_type == "IP4") {  // "/" ttl [ "/" count ]
    const size_t second = rest.find('/');
    if (!ParseNumber(rest.substr(0, second), 255).has_value()) return false;
    if (second == absl::string_view::npos) return true;
    rest = rest.substr(second + 1);
  }
  return IsInteger(rest);
}

bool IsKey(absl::string_view text) {
  if (text == "prompt") return true;
  const size_t colon = text.find(':');
  if (colon == absl::string_view::npos) return false;
  const absl::string_view method = text.substr(0, colon);
  const absl::string_view value = text.substr(colon + 1);
  if (method == "clear" || method == "uri") return !value.empty();
  return method == "base64" && IsBase64(value);
}

bool IsRepeat(absl::string_view text) {
  Words words(text);
  const absl::string_view interval = words.Take();
  if (!IsTypedTime(interval) || interval[0] == '0') return false;
  size_t count = 0;
  while (!words.is_done()) {
    if (!IsTypedTime(words.Take())) return false;
    ++count;
  }
  return count >= 2;  // the duration and at least one offset
}

bool IsZones(absl::string_view text) {
  Words words(text);
  do {
    const absl::string_view time = words.Take();
    if (time.size() < 10 || !IsInteger(time) || words.is_done()) return false;
    absl::string_view shift = words.Take();
    if (!shift.empty() && shift[0] == '-') shift.remove_prefix(1);
    if (!IsTypedTime(shift)) return false;
  } while (!words.is_done());
  return true;
}

absl::string_view Words::Take() {
  const size_t space = rest_.find(' ');
  const absl::string_view word = rest_.substr(0, space);
  if (space == absl::string_view::npos) {
    is_done_ = true;
    rest_ = {};
  } else {
    rest_ = rest_.substr(space + 1);
  }
  return word;
}

}  // namespace tickwire::sdp
