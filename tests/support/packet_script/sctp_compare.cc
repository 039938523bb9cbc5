#include "tests/support/packet_script/sctp_compare.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace tickwire::packet_script {
namespace {

using Kind = SctpValue::Kind;

std::string ToString(const SctpValue& value) {
  switch (value.kind) {
    case Kind::kAny:
      return "...";
    case Kind::kNumber:
      return value.text.empty() ? absl::StrCat(value.number) : value.text;
    case Kind::kWord:
      return value.text;
    case Kind::kText:
      return absl::StrCat("\"", value.text, "\"");
    case Kind::kItem:
      return value.item.empty() ? "nothing" : ToString(value.item[0]);
    case Kind::kList:
      break;
  }
  if (value.list.size() > 12) return absl::StrCat("[", value.list.size(), " values]");
  std::string text;
  for (const SctpValue& one : value.list) {
    absl::StrAppend(&text, text.empty() ? "[" : ", ", ToString(one));
  }
  return text.empty() ? "[]" : text + "]";
}

bool Holds(const SctpValue& expected, const SctpValue& actual) {
  switch (expected.kind) {
    case Kind::kAny:
      return true;
    case Kind::kNumber:
      return actual.kind == Kind::kNumber && expected.number == actual.number;
    case Kind::kWord:  // flags: as many letters, in any order
      return expected.text.size() == actual.text.size() &&
             std::all_of(expected.text.begin(), expected.text.end(),
                         [&](char letter) { return absl::StrContains(actual.text, letter); });
    case Kind::kText:
      return actual.kind == Kind::kText && expected.text == actual.text;
    case Kind::kList:
      return actual.kind == Kind::kList &&
             std::equal(expected.list.begin(), expected.list.end(), actual.list.begin(),
                        actual.list.end(), Holds);
    case Kind::kItem:
      return actual.kind == Kind::kItem && Differ(expected.item, false, actual.item).empty();
  }
  return false;
}

std::string DifferOne(const SctpItem& expected, const SctpItem& actual) {
  if (expected.name != actual.name) {
    return absl::StrCat("expected ", expected.name, ", actual ", ToString(actual));
  }
  for (const SctpField& field : expected.fields) {
    const SctpValue* const value = actual.Find(field.name);
    if (value == nullptr) return absl::StrCat(expected.name, " has no field ", field.name);
    if (!Holds(field.value, *value)) {
      return absl::StrCat(expected.name, ": ", field.name, ": expected ", ToString(field.value),
                          ", actual ", ToString(*value));
    }
  }
  const std::string inner = Differ(expected.items, expected.and_more, actual.items);
  return inner.empty() ? "" : absl::StrCat(expected.name, ": ", inner);
}

}  // namespace

std::string Differ(const std::vector<SctpItem>& expected, bool and_more,
                   const std::vector<SctpItem>& actual) {
  for (size_t i = 0; i < expected.size(); ++i) {
    if (i == actual.size()) return absl::StrCat("no ", expected[i].name);
    if (std::string wrong = DifferOne(expected[i], actual[i]); !wrong.empty()) return wrong;
  }
  if (!and_more && actual.size() > expected.size()) {
    return absl::StrCat("also there: ", ToString(actual[expected.size()]));
  }
  return "";
}

std::string ToString(const SctpItem& item) {
  std::string text;
  for (const SctpField& field : item.fields) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", field.name, "=", ToString(field.value));
  }
  for (const SctpItem& inner : item.items) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", ToString(inner));
  }
  return absl::StrCat(item.name, "[", text, "]");
}

}  // namespace tickwire::packet_script
