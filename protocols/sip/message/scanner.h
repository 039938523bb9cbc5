// Reads the lexical pieces of RFC 3261 §25.1 off the front of a text.
//
// Holds a view, owns nothing, never looks behind the end. Each octet is visited a bounded number of
// times, so every parser built on it is linear. Folded lines need no copy: CR and LF count as
// linear white space here, because inside a header value they can only come from folding.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_SCANNER_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_SCANNER_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/char_class.h"

namespace tickwire::sip {

// 1*DIGIT as a number; nothing when empty, not all digits, or above `max`.
inline std::optional<uint64_t> ParseDecimal(absl::string_view text, uint64_t max) {
  if (text.empty()) return std::nullopt;
  uint64_t value = 0;
  for (const char c : text) {
    if (!IsIn(c, kDigitChar)) return std::nullopt;
    const uint64_t digit = static_cast<uint64_t>(c - '0');
    if (value > (max - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return value;
}

// Case-insensitive equality of US-ASCII text (§7.3.1).
inline bool EqualsIgnoreCase(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const auto lower = [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    };
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

// Without the white space (folding included) at both ends.
inline absl::string_view TrimLws(absl::string_view text) {
  while (!text.empty() && IsIn(text.front(), kLwsChar)) text.remove_prefix(1);
  while (!text.empty() && IsIn(text.back(), kLwsChar)) text.remove_suffix(1);
  return text;
}

class Scanner {
 public:
  explicit Scanner(absl::string_view text) : next_(text.data()), end_(text.data() + text.size()) {}

  bool at_end() const { return next_ == end_; }
  // The next octet, or NUL at the end (NUL is in no class and never wanted).
  char Peek() const { return at_end() ? '\0' : *next_; }
  absl::string_view rest() const { return {next_, static_cast<size_t>(end_ - next_)}; }

  void SkipLws() {
    while (next_ != end_ && IsIn(*next_, kLwsChar)) ++next_;
  }
  bool Consume(char wanted) {
    if (at_end() || *next_ != wanted) return false;
    ++next_;
    return true;
  }
  // A separator with white space allowed on both sides: SEMI, EQUAL, SLASH, COLON, COMMA. Also eats
  // the white space when the separator is not there.
  bool ConsumeSeparator(char wanted) {
    SkipLws();
    if (!Consume(wanted)) return false;
    SkipLws();
    return true;
  }
  // The longest run of octets in `classes`; may be empty.
  absl::string_view TakeWhile(uint16_t classes) {
    const char* const begin = next_;
    while (next_ != end_ && IsIn(*next_, classes)) ++next_;
    return {begin, static_cast<size_t>(next_ - begin)};
  }
  absl::string_view Token() { return TakeWhile(kTokenChar); }

  // A quoted-string with its quotes and escapes as they are; nothing (and no move) when there is no
  // opening quote or no closing one.
  std::optional<absl::string_view> QuotedString() {
    if (Peek() != '"') return std::nullopt;
    for (const char* p = next_ + 1; p != end_; ++p) {
      if (*p == '\\') {
        if (++p == end_) return std::nullopt;
      } else if (*p == '"') {
        const absl::string_view quoted(next_, static_cast<size_t>(p + 1 - next_));
        next_ = p + 1;
        return quoted;
      }
    }
    return std::nullopt;
  }

  // host: hostname, IPv4address or IPv6reference (with its brackets).
  std::optional<absl::string_view> Host() {
    const char* const begin = next_;
    if (Consume('[')) {
      const absl::string_view inside = TakeIpv6();
      if (inside.size() < 2 || !Consume(']')) return std::nullopt;
      return absl::string_view(begin, static_cast<size_t>(next_ - begin));
    }
    const absl::string_view host = TakeWhile(kHostChar);
    if (host.empty() || host.front() == '-' || host.front() == '.') return std::nullopt;
    return host;
  }

 private:
  absl::string_view TakeIpv6() {
    const char* const begin = next_;
    while (next_ != end_ && (IsIn(*next_, kHexChar) || *next_ == ':' || *next_ == '.')) ++next_;
    return {begin, static_cast<size_t>(next_ - begin)};
  }

  const char* next_;
  const char* end_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_SCANNER_H_
