// Character classes of the SIP grammar (RFC 3261 §25.1), one table lookup per octet.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_CHAR_CLASS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_CHAR_CLASS_H_

#include <array>
#include <cstdint>

namespace tickwire::sip {

// Bits of the class table; an octet may be in several.
enum CharClass : uint16_t {
  kTokenChar = 1 << 0,  // token
  kWordChar = 1 << 1,   // word (Call-ID)
  kLwsChar = 1 << 2,    // SP, HTAB, and CR, LF: inside a value these two only come from folding
  kDigitChar = 1 << 3,  // DIGIT
  kAlphaChar = 1 << 4,  // ALPHA
  kHexChar = 1 << 5,    // HEXDIG, either case
  kHostChar = 1 << 6,   // letters of hostname and IPv4address
  kParamValueChar = 1 << 7,  // token, and "[", "]", ":" so that gen-value may be a host
  kUserChar = 1 << 8,        // user without escapes: unreserved and user-unreserved
  kPasswordChar = 1 << 9,    // password without escapes
  kUriParamChar = 1 << 10,   // paramchar without escapes
  kUriHeaderChar = 1 << 11,  // hname and hvalue without escapes
  kUriChar = 1 << 12,        // uric without escapes, and "[", "]"
};

namespace internal {
constexpr std::array<uint16_t, 256> MakeCharClasses() {
  std::array<uint16_t, 256> table{};
  const auto add = [&table](const char* chars, uint16_t bits) {
    for (const char* p = chars; *p != '\0'; ++p) {
      table[static_cast<uint8_t>(*p)] =
          static_cast<uint16_t>(table[static_cast<uint8_t>(*p)] | bits);
    }
  };
  constexpr uint16_t kUnreserved =
      kUserChar | kPasswordChar | kUriParamChar | kUriHeaderChar | kUriChar;
  constexpr uint16_t kAlphanum = kTokenChar | kWordChar | kHostChar | kParamValueChar | kUnreserved;
  add("0123456789", kAlphanum | kDigitChar | kHexChar);
  add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", kAlphanum | kAlphaChar);
  add("abcdefABCDEF", kHexChar);
  add("-.!%*_+`'~", kTokenChar | kWordChar | kParamValueChar);
  add("()<>:\\\"/[]?{}", kWordChar);
  add("-.", kHostChar);
  add("[]:", kParamValueChar);
  add(" \t\r\n", kLwsChar);
  add("-_.!~*'()", kUnreserved);
  add("&=+$,;?/", kUserChar);
  add("&=+$,", kPasswordChar);
  add("[]/:&+$", kUriParamChar);
  add("[]/?:+$", kUriHeaderChar);
  add(";/?:@&=+$,[]", kUriChar);
  return table;
}
inline constexpr std::array<uint16_t, 256> kCharClasses = MakeCharClasses();
}  // namespace internal

constexpr bool IsIn(char c, uint16_t classes) {
  return (internal::kCharClasses[static_cast<uint8_t>(c)] & classes) != 0;
}

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_CHAR_CLASS_H_
