#include "topologies/scenario_printer.h"

#include <google/protobuf/text_format.h>

#include <vector>

#include "absl/strings/str_cat.h"
#include "topologies/text/formatter.h"
#include "topologies/text/token.h"

namespace tickwire {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kColumns = 100;

std::string OneLine(const Message& message) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetExpandAny(true);
  printer.SetUseUtf8StringEscaping(true);
  printer.SetUseShortRepeatedPrimitives(true);
  std::string out;
  printer.PrintToString(message, &out);
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string ScalarText(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& reflection = *message.GetReflection();
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    return text::Quoted(index < 0 ? reflection.GetString(message, &field)
                                  : reflection.GetRepeatedString(message, &field, index));
  }
  std::string out;
  google::protobuf::TextFormat::PrintFieldValueToString(message, &field, index, &out);
  return out;
}

// Long text in pieces on lines of their own, broken after spaces.
std::string Pieces(const std::string& value, int indent) {
  const std::string margin(indent + 4, ' ');
  std::string out;
  size_t at = 0;
  while (at < value.size()) {
    size_t end = value.size();
    if (end - at > kColumns - 10) {
      const size_t space = value.rfind(' ', at + kColumns - 12);
      const size_t next = value.find(' ', at + kColumns - 12);
      end = space != std::string::npos && space > at ? space + 1
            : next != std::string::npos              ? next + 1
                                                     : value.size();
    }
    absl::StrAppend(&out, at > 0 ? "\n" + margin : "", text::Quoted(value.substr(at, end - at)));
    at = end;
  }
  return out;
}

std::string Scalars(const Message& message, const FieldDescriptor& field) {
  if (!field.is_repeated()) return ScalarText(message, field, -1);
  std::string out = "[";
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    absl::StrAppend(&out, i > 0 ? ", " : "", ScalarText(message, field, i));
  }
  return out + "]";
}

// One field on one line if it fits, else one line for each field inside.
void PrintField(const std::string& name, const Message& inside, int indent, std::string& out);

void PrintFields(const Message& message, int indent, std::string& out) {
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (is_message && indent == 0 && !out.empty()) out += "\n";
    if (is_message && field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        PrintField(field->name(), reflection.GetRepeatedMessage(message, field, i), indent, out);
      }
    } else if (is_message) {
      PrintField(field->name(), reflection.GetMessage(message, field), indent, out);
    } else {
      std::string value = Scalars(message, *field);
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING && !field->is_repeated() &&
          indent + field->name().size() + value.size() > kColumns) {
        value = Pieces(reflection.GetString(message, field), indent);
      }
      absl::StrAppend(&out, std::string(indent, ' '), field->name(), ": ", value, "\n");
    }
  }
}

void PrintField(const std::string& name, const Message& inside, int indent, std::string& out) {
  const std::string line = OneLine(inside);
  const std::string margin(indent, ' ');
  const bool is_any = inside.GetDescriptor()->full_name() == "google.protobuf.Any";
  if (is_any || indent + name.size() + line.size() + 5 <= kColumns) {
    absl::StrAppend(&out, margin, name, " {", line.empty() ? "" : " ", line,
                    line.empty() ? "" : " ", "}\n");
    return;
  }
  absl::StrAppend(&out, margin, name, " {\n");
  PrintFields(inside, indent + 2, out);
  absl::StrAppend(&out, margin, "}\n");
}

}  // namespace

std::string PrintScenario(const scenario::Scenario& scenario) {
  std::string out;
  PrintFields(scenario, 0, out);
  return text::Format(out).value_or(out);
}

}  // namespace tickwire
