#include "topologies/text/scalar.h"

#include <limits>
#include <type_traits>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "sim_core/base/int128.h"
#include "topologies/match/suggest.h"
#include "topologies/utf8.h"

namespace tickwire::text {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

std::string Show(const FieldDescriptor& field) { return absl::StrCat("`", field.name(), "`"); }

void WrongType(const Scalar& scalar, const FieldDescriptor& field, std::string suggestion,
               DiagnosticSink& sink) {
  sink.Error(scalar.span, {"E0109", absl::StrCat(Show(field), " does not take this value"),
                           DescribeType(field), std::move(suggestion), ""});
}

// Decimal, 0x hexadecimal or 0 octal, with an optional '-'.
std::optional<Int128> ParseInteger(absl::string_view text) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  int base = 10;
  if (absl::ConsumePrefix(&text, "0x") || absl::ConsumePrefix(&text, "0X")) {
    base = 16;
  } else if (text.size() > 1 && text[0] == '0') {
    base = 8;
  }
  if (text.empty() || text.size() > 30) return std::nullopt;
  Int128 value = 0;
  for (const char c : text) {
    const int digit = absl::ascii_isdigit(c)   ? c - '0'
                      : absl::ascii_isalpha(c) ? absl::ascii_tolower(c) - 'a' + 10
                                               : 99;
    if (digit >= base) return std::nullopt;
    value = value * base + digit;
  }
  return negative ? -value : value;
}

void StoreString(const Scalar& scalar, const FieldDescriptor& field, Message& message,
                 DiagnosticSink& sink) {
  if (scalar.kind != TokenKind::kString) {
    sink.Error(scalar.span, {"E0109", absl::StrCat(Show(field), " takes text in quotes"), "",
                             Quoted(scalar.text), ""});
  } else if (field.type() == FieldDescriptor::TYPE_STRING &&
             FindInvalidUtf8(scalar.text) != absl::string_view::npos) {
    sink.Error(scalar.span, {"E0115", absl::StrCat("the text of ", Show(field), " is not UTF-8"),
                             "UTF-8 text", "", ""});
    return;
  }
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    reflection.AddString(&message, &field, scalar.text);
  } else {
    reflection.SetString(&message, &field, scalar.text);
  }
}

void StoreEnum(const Scalar& scalar, const FieldDescriptor& field, Message& message,
               DiagnosticSink& sink) {
  const google::protobuf::EnumDescriptor& type = *field.enum_type();
  const EnumValueDescriptor* value = type.FindValueByName(scalar.text);
  if (value == nullptr && scalar.kind == TokenKind::kNumber) {
    const std::optional<Int128> number = ParseInteger(scalar.text);
    if (number && *number >= 0 && *number < std::numeric_limits<int>::max()) {
      value = type.FindValueByNumber(static_cast<int>(*number));
    }
  }
  if (value != nullptr && scalar.kind == TokenKind::kString) {
    WrongType(scalar, field, value->name(), sink);
  } else if (value == nullptr) {
    std::vector<absl::string_view> names;
    for (int i = 0; i < type.value_count(); ++i) names.push_back(type.value(i)->name());
    sink.Error(scalar.span,
               {"E0108", absl::StrCat("\"", scalar.text, "\" is no value of ", Show(field)),
                DescribeType(field), Nearest(scalar.text, names), ""});
    return;
  }
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    reflection.AddEnum(&message, &field, value);
  } else {
    reflection.SetEnum(&message, &field, value);
  }
}

void StoreBool(const Scalar& scalar, const FieldDescriptor& field, Message& message,
               DiagnosticSink& sink) {
  const absl::string_view text = scalar.text;
  const bool yes = text == "true" || text == "True" || text == "t" || text == "1";
  const bool no = text == "false" || text == "False" || text == "f" || text == "0";
  if ((!yes && !no) || scalar.kind == TokenKind::kString) {
    WrongType(scalar, field,
              yes || absl::EqualsIgnoreCase(text, "yes") || absl::EqualsIgnoreCase(text, "on")
                  ? "true"
              : no || absl::EqualsIgnoreCase(text, "no") || absl::EqualsIgnoreCase(text, "off")
                  ? "false"
                  : Nearest(text, {"true", "false"}),
              sink);
  }
  const Reflection& reflection = *message.GetReflection();
  if (field.is_repeated()) {
    reflection.AddBool(&message, &field, yes);
  } else {
    reflection.SetBool(&message, &field, yes);
  }
}

void StoreReal(const Scalar& scalar, const FieldDescriptor& field, Message& message,
               DiagnosticSink& sink) {
  absl::string_view text = scalar.text;
  double value = 0;
  const bool is_name = scalar.kind == TokenKind::kIdentifier;
  if (!is_name && (absl::EndsWith(text, "f") || absl::EndsWith(text, "F"))) text.remove_suffix(1);
  if (scalar.kind == TokenKind::kString || !absl::SimpleAtod(text, &value)) {
    return WrongType(scalar, field, absl::SimpleAtod(text, &value) ? std::string(text) : "", sink);
  }
  const Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT) {
    field.is_repeated() ? reflection.AddFloat(&message, &field, static_cast<float>(value))
                        : reflection.SetFloat(&message, &field, static_cast<float>(value));
  } else {
    field.is_repeated() ? reflection.AddDouble(&message, &field, value)
                        : reflection.SetDouble(&message, &field, value);
  }
}

template <class T>
bool FitsIn(Int128 value) {
  return value >= static_cast<Int128>(std::numeric_limits<T>::min()) &&
         value <= static_cast<Int128>(std::numeric_limits<T>::max());
}

// The bounds of an integer field's type.
template <class T>
std::string RangeText() {
  return absl::StrCat("a whole number from ", std::numeric_limits<T>::min(), " to ",
                      std::numeric_limits<T>::max());
}

void StoreInteger(const Scalar& scalar, const FieldDescriptor& field, Message& message,
                  DiagnosticSink& sink) {
  const std::optional<Int128> value = ParseInteger(scalar.text);
  if (!value) return WrongType(scalar, field, "", sink);
  if (scalar.kind == TokenKind::kString) WrongType(scalar, field, scalar.text, sink);
  const Reflection& reflection = *message.GetReflection();
  const auto store = [&](auto zero, auto set, auto add) {
    using T = decltype(zero);
    const bool has_sign = std::is_unsigned_v<T> && scalar.text[0] == '-';  // -0 too
    if (has_sign || !FitsIn<T>(*value)) {
      sink.Error(scalar.span, {"E0113", absl::StrCat(scalar.text, " does not fit ", Show(field)),
                               RangeText<T>(), "", ""});
    } else if (field.is_repeated()) {
      (reflection.*add)(&message, &field, static_cast<T>(*value));
    } else {
      (reflection.*set)(&message, &field, static_cast<T>(*value));
    }
  };
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return store(int32_t{}, &Reflection::SetInt32, &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return store(int64_t{}, &Reflection::SetInt64, &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return store(uint32_t{}, &Reflection::SetUInt32, &Reflection::AddUInt32);
    default:
      return store(uint64_t{}, &Reflection::SetUInt64, &Reflection::AddUInt64);
  }
}

}  // namespace

void StoreScalar(const Scalar& scalar, const FieldDescriptor& field, Message& message,
                 DiagnosticSink& sink) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return StoreString(scalar, field, message, sink);
    case FieldDescriptor::CPPTYPE_ENUM:
      return StoreEnum(scalar, field, message, sink);
    case FieldDescriptor::CPPTYPE_BOOL:
      return StoreBool(scalar, field, message, sink);
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return StoreReal(scalar, field, message, sink);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      sink.Error(scalar.span, {"E0109", absl::StrCat(Show(field), " is a block, not a value"),
                               DescribeType(field), "", ""});
      return;
    default:
      return StoreInteger(scalar, field, message, sink);
  }
}

std::string DescribeType(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return "text in quotes";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return "a number";
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return absl::StrCat("a block: `", field.name(), " { ... }`");
    case FieldDescriptor::CPPTYPE_ENUM: {
      const google::protobuf::EnumDescriptor& type = *field.enum_type();
      std::string out;
      for (int i = 0; i < type.value_count(); ++i) {
        absl::StrAppend(&out,
                        i == 0                        ? ""
                        : i + 1 == type.value_count() ? " or "
                                                      : ", ",
                        type.value(i)->name());
      }
      return out;
    }
    default:
      return "a whole number, without quotes";
  }
}

}  // namespace tickwire::text
