// Walks through the tokens of a text: one ahead, and past what cannot be read.
//
// Reports what is wrong with tokens themselves (E0102 to E0106) to the sink. Goes on after every
// mistake until the sink is full or Stop() is called; then it stands at the end for good.
#ifndef TICKWIRE_TOPOLOGIES_TEXT_TOKEN_CURSOR_H_
#define TICKWIRE_TOPOLOGIES_TEXT_TOKEN_CURSOR_H_

#include <optional>

#include "topologies/diagnostic.h"
#include "topologies/text/scalar.h"
#include "topologies/text/token.h"

namespace tickwire::text {

class TokenCursor {
 public:
  // Borrows the sink and its source; starts at `begin`.
  TokenCursor(DiagnosticSink& sink, size_t begin)
      : sink_(sink), lexer_(sink.source().text(), Lexer::Comments::kSkip, begin) {
    Advance();
  }

  const Token& token() const { return token_; }
  bool at_end() const { return token_.kind == TokenKind::kEnd; }
  // Stopped before the end of the text.
  bool is_stopped() const { return stopped_; }

  void Advance();
  void Stop() {
    stopped_ = true;
    token_.kind = TokenKind::kEnd;
  }
  // ',' or ';' between fields, if one is there.
  void TakeSeparator() {
    if (token_.Is(',') || token_.Is(';')) Advance();
  }
  // A scalar: adjacent strings joined, or a number or word with an optional '-'. nullopt: the token
  // is none; only a lone '-' is reported.
  std::optional<Scalar> TakeScalar();

  // Reports that the token is not what should be here.
  void Unexpected(absl::string_view expected);
  // Takes a bracketed thing whole, without recursion. REQUIRES: at an opening bracket.
  void SkipBalanced();
  // Takes what follows the name of a field that means nothing.
  void SkipValue();
  // To what looks like the start of a field on another line, or the end of the block.
  void SkipToNextField();

 private:
  DiagnosticSink& sink_;
  Lexer lexer_;
  Token token_;
  Token previous_;
  bool stopped_ = false;
};

}  // namespace tickwire::text

#endif  // TICKWIRE_TOPOLOGIES_TEXT_TOKEN_CURSOR_H_
