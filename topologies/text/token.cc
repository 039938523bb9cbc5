#include "topologies/text/token.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "topologies/utf8.h"

namespace tickwire::text {
namespace {

bool StartsIdentifier(char c) { return absl::ascii_isalpha(c) || c == '_'; }
bool ContinuesIdentifier(char c) { return absl::ascii_isalnum(c) || c == '_'; }
bool IsSymbol(char c) {
  return absl::string_view("{}[]<>:,;/.-").find(c) != absl::string_view::npos;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void AppendUtf8(uint32_t c, std::string& out) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

// Reads up to `most` hexadecimal digits from `text` at `i`; how many it read.
int ReadHex(absl::string_view text, size_t i, int most, uint32_t& value) {
  value = 0;
  int count = 0;
  while (count < most && i + count < text.size() && HexValue(text[i + count]) >= 0) {
    value = value * 16 + HexValue(text[i + count]);
    ++count;
  }
  return count;
}

// One escape; `i` stands after the backslash and is moved past the escape. False: means nothing.
bool AppendEscape(absl::string_view text, size_t& i, std::string& out) {
  static constexpr absl::string_view kNames = "abfnrtv\\'\"?";
  static constexpr absl::string_view kValues = "\a\b\f\n\r\t\v\\'\"?";
  if (i >= text.size()) return false;
  const char c = text[i];
  const size_t simple = kNames.find(c);
  if (simple != absl::string_view::npos) {
    out += kValues[simple];
    ++i;
    return true;
  }
  if (c >= '0' && c <= '7') {
    int value = 0;
    for (int n = 0; n < 3 && i < text.size() && text[i] >= '0' && text[i] <= '7'; ++n, ++i) {
      value = value * 8 + (text[i] - '0');
    }
    if (value > 255) return false;
    out += static_cast<char>(value);
    return true;
  }
  uint32_t value = 0;
  if (c == 'x' || c == 'X') {
    const int read = ReadHex(text, i + 1, 2, value);
    if (read == 0) return false;
    out += static_cast<char>(value);
    i += 1 + read;
    return true;
  }
  if (c == 'u' || c == 'U') {
    const int digits = c == 'u' ? 4 : 8;
    if (ReadHex(text, i + 1, digits, value) != digits) return false;
    if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return false;
    AppendUtf8(value, out);
    i += 1 + digits;
    return true;
  }
  return false;
}

}  // namespace

Token Lexer::Make(TokenKind kind, size_t begin, size_t end, int newlines) {
  at_ = end;
  Token token;
  token.kind = kind;
  token.span = {static_cast<uint32_t>(begin), static_cast<uint32_t>(end - begin)};
  token.text = text_.substr(begin, end - begin);
  token.newlines_before = newlines;
  return token;
}

// Like protobuf's own reader, takes NUL nowhere: neither in a comment nor in text.
size_t Lexer::EndOfComment(size_t begin) const {
  return std::min(text_.find_first_of(absl::string_view("\n\0", 2), begin), text_.size());
}

Token Lexer::String(size_t begin, int newlines) {
  const char quote = text_[begin];
  size_t i = begin + 1;
  for (; i < text_.size() && text_[i] != '\n' && text_[i] != '\0'; ++i) {
    if (text_[i] == quote) return Make(TokenKind::kString, begin, i + 1, newlines);
    if (text_[i] == '\\' && i + 1 < text_.size() && text_[i + 1] != '\n' && text_[i + 1] != '\0') {
      ++i;
    }
  }
  Token token = Make(TokenKind::kString, begin, i, newlines);
  token.fault = TokenFault::kUnclosedString;
  return token;
}

Token Lexer::Next() {
  int newlines = 0;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '\n') {
      ++newlines;
      ++at_;
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
      ++at_;
    } else if (at_ == 0 && absl::string_view(text_).substr(0, 3) == "\xEF\xBB\xBF") {
      at_ = 3;  // a byte order mark
    } else if (c == '#' && comments_ == Comments::kSkip) {
      at_ = EndOfComment(at_);
    } else {
      break;
    }
  }
  const size_t begin = at_;
  if (begin >= text_.size()) return Make(TokenKind::kEnd, text_.size(), text_.size(), newlines);
  const char c = text_[begin];
  size_t end = begin + 1;
  if (c == '#') {
    end = EndOfComment(begin);
    while (end > begin + 1 && absl::ascii_isspace(text_[end - 1])) --end;
    return Make(TokenKind::kComment, begin, end, newlines);
  }
  if (StartsIdentifier(c)) {
    while (end < text_.size() && ContinuesIdentifier(text_[end])) ++end;
    return Make(TokenKind::kIdentifier, begin, end, newlines);
  }
  const char next = end < text_.size() ? text_[end] : '\0';
  if (absl::ascii_isdigit(c) || (c == '.' && absl::ascii_isdigit(next))) {
    while (end < text_.size()) {
      const char d = text_[end];
      const bool exponent_sign = (d == '+' || d == '-') &&
                                 (text_[end - 1] == 'e' || text_[end - 1] == 'E') &&
                                 !(text_[begin] == '0' && (text_[begin + 1] | 0x20) == 'x');
      if (!absl::ascii_isalnum(d) && d != '.' && d != '%' && d != '_' && !exponent_sign) break;
      ++end;
    }
    return Make(TokenKind::kNumber, begin, end, newlines);
  }
  if (c == '"' || c == '\'') return String(begin, newlines);
  if (IsSymbol(c)) return Make(TokenKind::kSymbol, begin, end, newlines);
  // One report for a run of strange bytes.
  while (end < text_.size() && !absl::ascii_isspace(text_[end]) && text_[end] != '#' &&
         !StartsIdentifier(text_[end]) && !absl::ascii_isdigit(text_[end]) &&
         !IsSymbol(text_[end]) && text_[end] != '"' && text_[end] != '\'') {
    ++end;
  }
  Token token = Make(TokenKind::kBad, begin, end, newlines);
  token.fault = TokenFault::kBadCharacter;
  return token;
}

size_t AppendUnescaped(absl::string_view quoted, std::string& out) {
  if (quoted.size() < 2) return absl::string_view::npos;
  const absl::string_view body = quoted.substr(0, quoted.size() - 1);
  size_t fault = absl::string_view::npos;
  for (size_t i = 1; i < body.size();) {
    if (body[i] != '\\') {
      const size_t end = std::min(body.find('\\', i), body.size());
      out.append(body.data() + i, end - i);
      i = end;
      continue;
    }
    const size_t begin = i++;
    if (!AppendEscape(body, i, out)) {
      if (fault == absl::string_view::npos) fault = begin;
      if (i == begin + 1 && i < body.size()) ++i;
    }
  }
  return fault;
}

std::string Quoted(absl::string_view text) {
  std::string out = "\"";
  for (size_t i = 0; i < text.size();) {
    const size_t length = Utf8Length(text.substr(i));
    const char c = text[i];
    if (length > 1) {
      out.append(text.data() + i, length);
      i += length;
      continue;
    }
    ++i;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (length == 0 || static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      absl::StrAppendFormat(&out, "\\%03o", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace tickwire::text
