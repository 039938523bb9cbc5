// The compiler of match expressions: recursive descent that emits a flat decision list. Each test
// has two exits; `&&`, `||` and `!` only decide where the exits lead.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "protocols/transport/ip_address.h"
#include "sim_core/base/int128.h"
#include "topologies/match/program.h"
#include "topologies/match/suggest.h"

namespace tickwire::match {

namespace {

constexpr size_t kMaxBytes = 4'096;
constexpr size_t kMaxTests = 1'000;
constexpr int kMaxDepth = 64;

enum class TokenKind { kEnd, kWord, kText, kSymbol, kBad };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  size_t offset = 0;
  size_t length = 0;
  std::string text;
};

bool IsWordCharacter(char c) {
  return absl::ascii_isalnum(c) ||
         absl::string_view("-_.:/@+*%").find(c) != absl::string_view::npos;
}

struct OperatorName {
  absl::string_view text;
  Operator op;
};
constexpr OperatorName kOperators[] = {
    {"==", Operator::kEqual},          {"!=", Operator::kNotEqual}, {"<=", Operator::kLessOrEqual},
    {">=", Operator::kGreaterOrEqual}, {"<", Operator::kLess},      {">", Operator::kGreater},
    {"contains", Operator::kContains}, {"in", Operator::kIn},
};

struct NanosUnit {
  absl::string_view name;
  int64_t nanos;
};
constexpr NanosUnit kDurationUnits[] = {{"ns", 1},
                                        {"us", 1'000},
                                        {"ms", 1'000'000},
                                        {"s", 1'000'000'000},
                                        {"min", 60'000'000'000},
                                        {"h", 3'600'000'000'000}};

// A whole number, or an exact duration in ns.
std::optional<int64_t> ParseNumber(absl::string_view text) {
  int64_t value = 0;
  if (absl::StartsWithIgnoreCase(text, "0x")) {
    if (text.size() > 2 && absl::SimpleHexAtoi(text, &value)) return value;
    return std::nullopt;
  }
  if (absl::SimpleAtoi(text, &value)) return value;
  const size_t end = text.find_first_not_of("-0123456789.");
  if (end == absl::string_view::npos || end == 0) return std::nullopt;
  for (const NanosUnit& unit : kDurationUnits) {
    if (text.substr(end) != unit.name) continue;
    const absl::string_view number = text.substr(0, end);
    const size_t point = number.find('.');
    const absl::string_view fraction =
        point == absl::string_view::npos ? "" : number.substr(point + 1);
    int64_t whole = 0, part = 0;
    if (!absl::SimpleAtoi(number.substr(0, point), &whole) || fraction.size() > 12) {
      return std::nullopt;
    }
    if (!fraction.empty() && (!absl::SimpleAtoi(fraction, &part) || part < 0)) return std::nullopt;
    Int128 divisor = 1;
    for (size_t i = 0; i < fraction.size(); ++i) divisor *= 10;
    const bool negative = number[0] == '-';
    const Int128 scaled = static_cast<Int128>(part) * unit.nanos;
    if (scaled % divisor != 0) return std::nullopt;
    const Int128 nanos = static_cast<Int128>(whole) * unit.nanos +
                         (negative ? -(scaled / divisor) : scaled / divisor);
    if (nanos > INT64_MAX || nanos < INT64_MIN) return std::nullopt;
    return static_cast<int64_t>(nanos);
  }
  return std::nullopt;
}

}  // namespace

class Compiler {
 public:
  Compiler(absl::string_view text, const FieldTable& table, const CompileOptions& options)
      : text_(text), table_(table), options_(options) {}

  std::variant<Program, MatchError> Run();

 private:
  // Exits of a piece of program that are not connected yet: step index * 2 + (1 if the true exit).
  using Exits = std::vector<uint32_t>;
  struct Piece {
    uint16_t entry = 0;
    Exits if_true;
    Exits if_false;
  };

  void Advance();
  bool Fail(const Token& at, absl::string_view id, std::string message, std::string expected = "",
            std::string suggestion = "");
  bool Or(Piece& out);
  bool And(Piece& out);
  bool Unary(Piece& out);
  bool TestOf(Piece& out);
  bool Constant(FieldKind kind, const FieldInfo& field, Step& step);
  bool Constants(const FieldInfo& field, Step& step);
  bool IsSymbol(absl::string_view symbol) const {
    return token_.kind == TokenKind::kSymbol && token_.text == symbol;
  }
  void Connect(const Exits& exits, uint16_t target);
  static void Append(Exits& to, const Exits& from) {
    to.insert(to.end(), from.begin(), from.end());
  }

  absl::string_view text_;
  const FieldTable& table_;
  const CompileOptions& options_;
  size_t at_ = 0;
  Token token_;
  int depth_ = 0;
  Program program_;
  std::optional<MatchError> error_;
};

void Compiler::Advance() {
  while (at_ < text_.size() && absl::ascii_isspace(text_[at_])) ++at_;
  token_ = Token();
  token_.offset = at_;
  if (at_ >= text_.size()) return;
  const char c = text_[at_];
  size_t end = at_ + 1;
  if (c == '"' || c == '\'') {
    token_.kind = TokenKind::kBad;
    for (; end < text_.size(); ++end) {
      if (text_[end] == '\\' && end + 1 < text_.size()) {
        token_.text += text_[++end];
      } else if (text_[end] == c) {
        token_.kind = TokenKind::kText;
        ++end;
        break;
      } else {
        token_.text += text_[end];
      }
    }
  } else if (IsWordCharacter(c)) {
    token_.kind = TokenKind::kWord;
    while (end < text_.size() && IsWordCharacter(text_[end])) ++end;
    token_.text = std::string(text_.substr(at_, end - at_));
  } else {
    token_.kind = TokenKind::kSymbol;
    const absl::string_view two = text_.substr(at_, 2);
    if (two == "==" || two == "!=" || two == "<=" || two == ">=" || two == "&&" || two == "||")
      ++end;
    token_.text = std::string(text_.substr(at_, end - at_));
  }
  token_.length = end - at_;
  at_ = end;
}

bool Compiler::Fail(const Token& at, absl::string_view id, std::string message,
                    std::string expected, std::string suggestion) {
  if (!error_) {
    error_ = MatchError{id,
                        at.offset,
                        std::max<size_t>(at.length, 1),
                        std::move(message),
                        std::move(expected),
                        std::move(suggestion)};
  }
  return false;
}

void Compiler::Connect(const Exits& exits, uint16_t target) {
  for (const uint32_t exit : exits) {
    Step& step = program_.steps_[exit / 2];
    (exit % 2 == 1 ? step.if_true : step.if_false) = target;
  }
}

bool Compiler::Or(Piece& out) {
  if (!And(out)) return false;
  while (IsSymbol("||") || IsSymbol("|")) {
    if (IsSymbol("|")) return Fail(token_, "E0401", "unexpected \"|\"", "", "||");
    Advance();
    Piece right;
    if (!And(right)) return false;
    Connect(out.if_false, right.entry);
    Append(out.if_true, right.if_true);
    out.if_false = std::move(right.if_false);
  }
  return true;
}

bool Compiler::And(Piece& out) {
  if (!Unary(out)) return false;
  while (IsSymbol("&&") || IsSymbol("&")) {
    if (IsSymbol("&")) return Fail(token_, "E0401", "unexpected \"&\"", "", "&&");
    Advance();
    Piece right;
    if (!Unary(right)) return false;
    Connect(out.if_true, right.entry);
    Append(out.if_false, right.if_false);
    out.if_true = std::move(right.if_true);
  }
  return true;
}

bool Compiler::Unary(Piece& out) {
  if (IsSymbol("!") || IsSymbol("(")) {
    if (++depth_ > kMaxDepth) {
      return Fail(token_, "E0404", absl::StrCat("nested more than ", kMaxDepth, " deep"));
    }
    const Token opener = token_;
    Advance();
    if (opener.text == "!") {
      if (!Unary(out)) return false;
      std::swap(out.if_true, out.if_false);
    } else {
      if (!Or(out)) return false;
      if (!IsSymbol(")")) {
        return Fail(token_.kind == TokenKind::kEnd ? opener : token_, "E0401",
                    "this parenthesis is never closed", "')'");
      }
      Advance();
    }
    --depth_;
    return true;
  }
  return TestOf(out);
}

bool Compiler::TestOf(Piece& out) {
  if (token_.kind != TokenKind::kWord) {
    return Fail(token_, "E0401",
                token_.kind == TokenKind::kEnd ? "the expression ends here"
                                               : absl::StrCat("unexpected \"", token_.text, "\""),
                "a field such as sip.status, '!' or '('");
  }
  std::optional<FieldId> field = table_.Find(token_.text);
  const bool is_protocol = !field && (field = table_.FirstOf(token_.text));
  if (!field) {
    return Fail(
        token_, "E0402", absl::StrCat("there is no field `", token_.text, "`"),
        table_.Nearest(token_.text).empty() ? "a field (`tickwire explain fields` lists them)" : "",
        table_.Nearest(token_.text));
  }
  if (program_.steps_.size() >= kMaxTests) {
    return Fail(token_, "E0404", absl::StrCat("more than ", kMaxTests, " tests"));
  }
  const FieldInfo& info = table_.info(*field);
  Step step;
  step.field = *field;
  step.op = is_protocol ? Operator::kExists : Operator::kPresent;
  Advance();
  for (const OperatorName& name : kOperators) {
    if (is_protocol) break;  // what follows is an error that Run() reports
    if (token_.kind == TokenKind::kEnd || token_.kind == TokenKind::kText) break;
    if (token_.text != name.text) continue;
    const Token op = token_;
    step.op = name.op;
    Advance();
    const bool ordered = step.op >= Operator::kLess && step.op <= Operator::kGreaterOrEqual;
    if (ordered && info.kind != FieldKind::kNumber) {
      return Fail(op, "E0403", absl::StrCat("`", info.name, "` has no order"), "== or !=");
    }
    if (step.op == Operator::kContains && info.kind != FieldKind::kText) {
      return Fail(op, "E0403", absl::StrCat("`", info.name, "` is not text"), "==, != or in");
    }
    if (!Constants(info, step)) return false;
    break;
  }
  if (step.op == Operator::kPresent && IsSymbol("=")) {
    return Fail(token_, "E0401", "unexpected \"=\"", "", "==");
  }
  const uint32_t index = static_cast<uint32_t>(program_.steps_.size());
  program_.steps_.push_back(std::move(step));
  out.entry = static_cast<uint16_t>(index);
  out.if_true = {index * 2 + 1};
  out.if_false = {index * 2};
  return true;
}

bool Compiler::Constants(const FieldInfo& field, Step& step) {
  if (step.op != Operator::kIn) return Constant(field.kind, field, step);
  if (!IsSymbol("{")) return Fail(token_, "E0401", "`in` wants a set", "'{'");
  const Token opener = token_;
  do {
    Advance();
    if (!Constant(field.kind, field, step)) return false;
  } while (IsSymbol(","));
  if (!IsSymbol("}")) {
    return Fail(token_.kind == TokenKind::kEnd ? opener : token_, "E0401",
                "this set is never closed", "',' or '}'");
  }
  Advance();
  return true;
}

bool Compiler::Constant(FieldKind kind, const FieldInfo& field, Step& step) {
  if (token_.kind == TokenKind::kBad) {
    return Fail(token_, "E0401", "this text is never closed", "a closing quote");
  }
  if (token_.kind != TokenKind::kWord && token_.kind != TokenKind::kText) {
    return Fail(token_, "E0401",
                token_.kind == TokenKind::kEnd ? "the expression ends here"
                                               : absl::StrCat("unexpected \"", token_.text, "\""),
                "a value");
  }
  switch (kind) {
    case FieldKind::kNumber: {
      const std::optional<int64_t> number =
          token_.kind == TokenKind::kWord ? ParseNumber(token_.text) : std::nullopt;
      if (!number) {
        return Fail(token_, "E0403", absl::StrCat("`", field.name, "` is a number"),
                    "a whole number or a duration", ParseNumber(token_.text) ? token_.text : "");
      }
      step.numbers.push_back(*number);
      break;
    }
    case FieldKind::kBool:
      if (token_.text != "true" && token_.text != "false") {
        return Fail(token_, "E0403", absl::StrCat("`", field.name, "` is true or false"),
                    "true or false");
      }
      step.numbers.push_back(token_.text == "true" ? 1 : 0);
      break;
    case FieldKind::kText:
      // What it can never be would make `never` hold for ever.
      if (step.op != Operator::kContains && !field.values.empty() &&
          std::find(field.values.begin(), field.values.end(), token_.text) == field.values.end()) {
        const std::vector<absl::string_view> values(field.values.begin(), field.values.end());
        return Fail(
            token_, "E0403", absl::StrCat("`", field.name, "` is never \"", token_.text, "\""),
            absl::StrCat("one of ", absl::StrJoin(values, ", ")), Nearest(token_.text, values));
      }
      step.texts.push_back(token_.text);
      break;
    case FieldKind::kAddress: {
      std::vector<std::string> addresses;
      if (const std::optional<IpAddress> address = IpAddress::Parse(token_.text)) {
        addresses.push_back(address->ToString());
      } else if (options_.addresses_of) {
        addresses = options_.addresses_of(token_.text);
        if (addresses.empty()) {
          return Fail(
              token_, "E0301",
              absl::StrCat("\"", token_.text, "\" is no node with an address, and no address"));
        }
      }
      step.texts.insert(step.texts.end(), addresses.begin(), addresses.end());
      break;
    }
  }
  Advance();
  return true;
}

std::variant<Program, MatchError> Compiler::Run() {
  program_.text_ = std::string(text_.substr(0, kMaxBytes));
  if (text_.size() > kMaxBytes) {
    return MatchError{"E0404", 0, 1, absl::StrCat("longer than ", kMaxBytes, " bytes"), "", ""};
  }
  Advance();
  if (token_.kind == TokenKind::kEnd) return program_;
  Piece whole;
  if (Or(whole) && token_.kind != TokenKind::kEnd) {
    Fail(token_, "E0401", absl::StrCat("unexpected \"", token_.text, "\""),
         "an operator, && or ||, or the end");
  }
  if (error_) return *error_;
  Connect(whole.if_true, Step::kTrue);
  Connect(whole.if_false, Step::kFalse);
  return std::move(program_);
}

std::variant<Program, MatchError> Compile(absl::string_view text, const FieldTable& table,
                                          const CompileOptions& options) {
  return Compiler(text, table, options).Run();
}

}  // namespace tickwire::match
