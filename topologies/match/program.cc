#include "topologies/match/program.h"

#include <algorithm>

namespace tickwire::match {
namespace {

template <class T>
bool Compare(Operator op, const T& left, const T& right) {
  switch (op) {
    case Operator::kEqual:
    case Operator::kNotEqual:  // the caller turns it round
    case Operator::kIn:
      return left == right;
    case Operator::kLess:
      return left < right;
    case Operator::kLessOrEqual:
      return left <= right;
    case Operator::kGreater:
      return left > right;
    case Operator::kGreaterOrEqual:
      return left >= right;
    case Operator::kPresent:
    case Operator::kExists:
    case Operator::kContains:
      return false;  // handled by the caller
  }
  return false;
}

bool TestNumber(const Step& step, int64_t value) {
  return std::any_of(step.numbers.begin(), step.numbers.end(),
                     [&](int64_t constant) { return Compare(step.op, value, constant); });
}

bool TestText(const Step& step, absl::string_view value) {
  return std::any_of(step.texts.begin(), step.texts.end(), [&](const std::string& constant) {
    if (step.op == Operator::kContains) return value.find(constant) != absl::string_view::npos;
    return Compare(step.op, value, absl::string_view(constant));
  });
}

bool TestValue(const Step& step, const FieldValue& value) {
  if (step.op == Operator::kExists) return true;
  if (const bool* flag = std::get_if<bool>(&value)) {
    return step.op == Operator::kPresent ? *flag : TestNumber(step, *flag ? 1 : 0);
  }
  if (step.op == Operator::kPresent) return true;
  if (const int64_t* number = std::get_if<int64_t>(&value)) return TestNumber(step, *number);
  return TestText(step, std::get<absl::string_view>(value));
}

bool Test(const Step& step, FieldSource& source) {
  // "!=" means that none of the values is any of the constants (a node with several addresses, a
  // packet with several chunks), and that there is a value.
  bool is_there = false;
  const bool found = source.Any(step.field, [&](const FieldValue& value) {
    is_there = true;
    return TestValue(step, value);
  });
  return step.op == Operator::kNotEqual ? is_there && !found : found;
}

}  // namespace

bool Program::Matches(FieldSource& source) const {
  if (steps_.empty()) return true;
  uint16_t at = 0;
  while (at < Step::kFalse) {
    const Step& step = steps_[at];
    at = Test(step, source) ? step.if_true : step.if_false;
  }
  return at == Step::kTrue;
}

}  // namespace tickwire::match
