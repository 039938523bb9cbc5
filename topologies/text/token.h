// Tokens of the protobuf text format, with their places.
#ifndef TICKWIRE_TOPOLOGIES_TEXT_TOKEN_H_
#define TICKWIRE_TOPOLOGIES_TEXT_TOKEN_H_

#include <string>

#include "absl/strings/string_view.h"
#include "topologies/source_file.h"

namespace tickwire::text {

enum class TokenKind {
  kEnd,
  kIdentifier,  // letters, digits, '_'; starts with a letter or '_'
  kNumber,      // whatever starts like a number, up to the next character that cannot belong to a
                // literal: also 20ms, 1%, 10Mbps, 1.2.3.4, which are then told to want quotes
  kString,      // one quoted piece, quotes included
  kSymbol,      // one character of { } [ ] < > : , ; / . -
  kComment,     // '#' to the end of the line; only when asked for
  kBad,         // anything else
};

enum class TokenFault { kNone, kUnclosedString, kBadCharacter };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  TokenFault fault = TokenFault::kNone;
  Span span;
  absl::string_view text;
  int newlines_before = 0;  // line ends between the previous token and this one

  bool Is(char symbol) const { return kind == TokenKind::kSymbol && text[0] == symbol; }
};

// Splits a text into tokens, one at a time, in linear time. Never fails: what cannot be a token is
// kBad or has a fault. Borrows the text.
class Lexer {
 public:
  enum class Comments { kSkip, kKeep };
  // Starts at `begin`.
  Lexer(absl::string_view text, Comments comments, size_t begin = 0)
      : text_(text), comments_(comments), at_(begin) {}
  Token Next();

 private:
  Token Make(TokenKind kind, size_t begin, size_t end, int newlines);
  Token String(size_t begin, int newlines);
  size_t EndOfComment(size_t begin) const;

  absl::string_view text_;
  Comments comments_;
  size_t at_;
};

// Decodes one kString token (C escapes: \n \t \" \x41 \101 \u00e9) and appends it to `out`.
// Returns the offset of the first escape that means nothing, or npos.
size_t AppendUnescaped(absl::string_view quoted, std::string& out);

// `text` in double quotes with the least escaping: UTF-8 stays readable.
std::string Quoted(absl::string_view text);

}  // namespace tickwire::text

#endif  // TICKWIRE_TOPOLOGIES_TEXT_TOKEN_H_
