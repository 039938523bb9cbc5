// A compiled match expression: "sip.status==200 && cseq.method==INVITE".
//
//   expression = and { "||" and }          and = unary { "&&" unary }
//   unary      = "!" unary | "(" expression ")" | test
//   test       = field [ operator value | "in" "{" value { "," value } "}" ]
//   operator   = "==" "!=" "<" "<=" ">" ">=" "contains"
//   value      = number (decimal, 0x...) | duration (20ms, compared in ns) | "text" | word
//
// A field alone is true when it is there, and for a bool field when it is true; the name of a
// protocol ("udp", "sip") is true of its packets. A comparison with a field that is absent is
// false, "!=" too: write !(a == b) for "not known to be equal". Where a packet has a field more
// than once (an SCTP packet and its chunks), one value that fits is enough; "!=" wants that none is
// equal. Words need no quotes when they are
// made of letters, digits and - _ . : / @ + * (INVITE, 10.0.1.1, fd00::1). For a field of kind
// address, the name of a node stands for all of its addresses.
//
// The empty expression is true of every packet. Evaluation keeps no state, and allocates nothing by
// itself.
#ifndef TICKWIRE_TOPOLOGIES_MATCH_PROGRAM_H_
#define TICKWIRE_TOPOLOGIES_MATCH_PROGRAM_H_

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "topologies/match/field_table.h"

namespace tickwire::match {

// What is wrong, and where in the expression's text (bytes). `id` is a key of the error catalogue.
struct MatchError {
  absl::string_view id;
  size_t offset = 0;
  size_t length = 1;
  std::string message;
  std::string expected;
  std::string suggestion;
};

enum class Operator : uint8_t {
  kPresent,  // a field alone: there, and not false
  kExists,   // a protocol: its first field is there, whatever its value
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kContains,
  kIn,
};

// Compares one field with constants, then goes on at one of two steps. Steps only point forward, so
// that a program ends after at most as many steps as it has.
struct Step {
  static constexpr uint16_t kTrue = 0xFFFF;
  static constexpr uint16_t kFalse = 0xFFFE;
  FieldId field;
  Operator op = Operator::kPresent;
  uint16_t if_true = kTrue;
  uint16_t if_false = kFalse;
  std::vector<int64_t> numbers;  // the constants, by the kind of the field
  std::vector<std::string> texts;
};

class Program {
 public:
  bool Matches(FieldSource& source) const;
  const std::string& text() const { return text_; }
  const std::vector<Step>& steps() const { return steps_; }

 private:
  friend class Compiler;
  std::string text_;
  std::vector<Step> steps_;
};

struct CompileOptions {
  // The addresses of a node, in canonical text; empty if there is no such node. May be null.
  std::function<std::vector<std::string>(absl::string_view name)> addresses_of;
};

// The first mistake, or the program. Expressions are limited to 4,096 bytes, 1,000 tests and 64
// nested parentheses.
std::variant<Program, MatchError> Compile(absl::string_view text, const FieldTable& table,
                                          const CompileOptions& options = {});

}  // namespace tickwire::match

#endif  // TICKWIRE_TOPOLOGIES_MATCH_PROGRAM_H_
