#include "topologies/text/token_cursor.h"

#include "absl/strings/str_cat.h"

namespace tickwire::text {

void TokenCursor::Advance() {
  previous_ = token_;
  if (stopped_ || sink_.is_full()) return Stop();
  token_ = lexer_.Next();
  if (token_.fault == TokenFault::kUnclosedString) {
    sink_.Error(token_.span, {"E0103", "text is not closed", "a closing quote on the same line", "",
                              "long text may be split: \"one \" \"two\""});
  }
}

void TokenCursor::Unexpected(absl::string_view expected) {
  if (at_end()) {
    if (!stopped_) {
      sink_.Error(previous_.span, {"E0105", "the file ends here", std::string(expected), "", ""});
    }
    return;
  }
  if (token_.kind == TokenKind::kBad) {
    sink_.Error(token_.span, {"E0102", "this character means nothing here", std::string(expected),
                              "", "only text in quotes and comments may hold it"});
    return;
  }
  sink_.Error(token_.span, {"E0105", absl::StrCat("unexpected \"", token_.text.substr(0, 40), "\""),
                            std::string(expected), "", ""});
}

// Takes a bracketed thing whole, without recursion.
void TokenCursor::SkipBalanced() {
  const Span opener = token_.span;
  int open = 0;
  do {
    if (token_.Is('{') || token_.Is('<') || token_.Is('[')) ++open;
    if (token_.Is('}') || token_.Is('>') || token_.Is(']')) --open;
    Advance();
  } while (open > 0 && !at_end());
  if (open > 0 && !stopped_) {
    sink_.Error(opener, {"E0106", "this bracket is never closed", "", "", ""});
  }
}

// After a field name that means nothing.
void TokenCursor::SkipValue() {
  const bool colon = token_.Is(':');
  if (colon) Advance();
  if (token_.Is('{') || token_.Is('<') || token_.Is('[')) return SkipBalanced();
  if (!colon && token_.newlines_before > 0) return;
  TakeScalar();
}

// To what looks like the start of a field on another line, or the end of the block.
void TokenCursor::SkipToNextField() {
  bool first = true;
  while (!at_end() && !token_.Is('}') && !token_.Is('>')) {
    if (!first && token_.kind == TokenKind::kIdentifier && token_.newlines_before > 0) return;
    first = false;
    if (token_.Is('{') || token_.Is('<') || token_.Is('[')) {
      SkipBalanced();
    } else {
      Advance();
    }
  }
}

std::optional<Scalar> TokenCursor::TakeScalar() {
  Scalar scalar;
  scalar.kind = token_.kind;
  scalar.span = token_.span;
  if (token_.kind == TokenKind::kString) {
    while (token_.kind == TokenKind::kString) {
      if (token_.fault == TokenFault::kNone) {
        const size_t fault = AppendUnescaped(token_.text, scalar.text);
        if (fault != absl::string_view::npos) {
          sink_.Error({static_cast<uint32_t>(token_.span.offset + fault), 2},
                      {"E0104", "this escape means nothing",
                       "\\n, \\t, \\\", \\\\, \\xHH, \\uHHHH or three octal digits", "",
                       "a backslash itself is written \\\\"});
        }
      } else {
        scalar.text.append(token_.text.data() + 1, token_.text.size() - 1);
      }
      scalar.span.length = token_.span.offset + token_.span.length - scalar.span.offset;
      Advance();
    }
    return scalar;
  }
  if (token_.Is('-')) {
    Advance();
    if (token_.kind != TokenKind::kNumber && token_.kind != TokenKind::kIdentifier) {
      Unexpected("a number after '-'");
      return std::nullopt;
    }
    scalar.kind = token_.kind;
    scalar.text.push_back('-');
  } else if (token_.kind != TokenKind::kNumber && token_.kind != TokenKind::kIdentifier) {
    return std::nullopt;
  }
  absl::StrAppend(&scalar.text, token_.text);
  scalar.span.length = token_.span.offset + token_.span.length - scalar.span.offset;
  Advance();
  return scalar;
}

}  // namespace tickwire::text
