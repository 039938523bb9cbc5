#include "topologies/schema_docs.h"

#include <google/protobuf/descriptor.pb.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim_core/base/check.h"
#include "topologies/scenario.pb.h"
#include "topologies/text/scalar.h"
#include "topologies/validate/field_check.h"

namespace tickwire {

namespace internal {
extern const unsigned char kSchema[];  // made by the build from the .proto files
extern const size_t kSchemaSize;
}  // namespace internal

namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

// The schema again, in a pool of its own, because compiled-in descriptors have no comments.
struct Schema {
  google::protobuf::DescriptorPool pool;
  std::vector<const Descriptor*> messages;
  std::vector<const EnumDescriptor*> enums;
};

const Schema& TheSchema() {
  static const Schema& schema = *[] {
    auto* built = new Schema;
    google::protobuf::FileDescriptorSet files;
    TW_CHECK(files.ParseFromArray(internal::kSchema, static_cast<int>(internal::kSchemaSize)));
    // descriptor.proto and any.proto are not in the set: take them from the program.
    for (const Descriptor* known :
         {google::protobuf::FileOptions::descriptor(),
          scenario::Role::descriptor()->FindFieldByName("custom")->message_type()}) {
      google::protobuf::FileDescriptorProto copy;
      known->file()->CopyTo(&copy);
      built->pool.BuildFile(copy);
    }
    // Imports first; the set is small.
    std::vector<bool> done(files.file_size());
    for (int round = 0; round < files.file_size(); ++round) {
      for (int i = 0; i < files.file_size(); ++i) {
        const auto& dependencies = files.file(i).dependency();
        const bool ready = std::all_of(
            dependencies.begin(), dependencies.end(),
            [&](const std::string& name) { return built->pool.FindFileByName(name) != nullptr; });
        if (done[i] || !ready) continue;
        const FileDescriptor* file = built->pool.BuildFile(files.file(i));
        TW_CHECK(file != nullptr);
        done[i] = true;
        for (int j = 0; j < file->message_type_count(); ++j) {
          built->messages.push_back(file->message_type(j));
        }
        for (int j = 0; j < file->enum_type_count(); ++j)
          built->enums.push_back(file->enum_type(j));
      }
    }
    return built;
  }();
  return schema;
}

template <class Thing>
std::string DocOf(const Thing* thing) {
  google::protobuf::SourceLocation location;
  if (thing == nullptr || !thing->GetSourceLocation(&location)) return "";
  std::string out;
  for (const absl::string_view line :
       absl::StrSplit(absl::StrCat(location.leading_comments, location.trailing_comments), '\n')) {
    const absl::string_view text = absl::StripAsciiWhitespace(line);
    if (!text.empty()) absl::StrAppend(&out, out.empty() ? "" : " ", text);
  }
  return out;
}

// "duration, default 1ms, at least 1ns", from the compiled-in rules.
std::string Facts(const FieldDescriptor& field) {
  const FieldDescriptor* compiled =
      google::protobuf::DescriptorPool::generated_pool()->FindFieldByName(field.full_name());
  if (compiled == nullptr) return "";
  const scenario::FieldRules& rules = RulesOf(*compiled);
  std::string out = field.is_repeated() ? "list of " : "";
  if (rules.unit() != scenario::NONE) {
    out += absl::AsciiStrToLower(scenario::Unit_Name(rules.unit()));
    std::replace(out.begin(), out.end(), '_', ' ');
  } else if (field.message_type() != nullptr) {
    absl::StrAppend(&out, "block ", field.message_type()->name());
  } else if (field.enum_type() != nullptr) {
    absl::StrAppend(&out, field.enum_type()->name());
  } else {
    absl::string_view type = text::DescribeType(*compiled) == "text in quotes" ? "text" : "number";
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_BOOL) type = "true or false";
    absl::StrAppend(&out, type);
  }
  if (rules.required()) absl::StrAppend(&out, ", required");
  if (!rules.default_text().empty()) absl::StrAppend(&out, ", default ", rules.default_text());
  if (!rules.minimum().empty()) absl::StrAppend(&out, ", at least ", rules.minimum());
  if (!rules.maximum().empty()) absl::StrAppend(&out, ", at most ", rules.maximum());
  if (field.real_containing_oneof()) absl::StrAppend(&out, ", set only one of these");
  return out;
}

// Lines of at most 90 columns after four spaces.
void AppendWrapped(absl::string_view text, std::string& out) {
  std::string line = "    ";
  for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (line.size() > 4 && line.size() + 1 + word.size() > 90) {
      absl::StrAppend(&out, line, "\n");
      line = "    ";
    }
    absl::StrAppend(&line, line.size() > 4 ? " " : "", word);
  }
  if (line.size() > 4) absl::StrAppend(&out, line, "\n");
}

std::string Describe(const Descriptor& message) {
  std::string out = absl::StrCat(message.name(), "\n");
  AppendWrapped(DocOf(&message), out);
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    absl::StrAppend(&out, "\n  ", field.name(), "  (", Facts(field), ")\n");
    AppendWrapped(DocOf(&field), out);
  }
  return out;
}

std::string Describe(const EnumDescriptor& type) {
  std::string out = absl::StrCat(type.name(), "\n");
  AppendWrapped(DocOf(&type), out);
  for (int i = 0; i < type.value_count(); ++i) {
    absl::StrAppend(&out, "\n  ", type.value(i)->name(), "\n");
    AppendWrapped(DocOf(type.value(i)), out);
  }
  return out;
}

}  // namespace

std::string SchemaDoc(absl::string_view full_name) {
  const Schema& schema = TheSchema();
  const std::string name(full_name);
  if (const Descriptor* message = schema.pool.FindMessageTypeByName(name)) return DocOf(message);
  if (const FieldDescriptor* field = schema.pool.FindFieldByName(name)) return DocOf(field);
  return DocOf(schema.pool.FindEnumTypeByName(name));
}

std::optional<std::string> DescribeSchema(absl::string_view word) {
  const Schema& schema = TheSchema();
  for (const Descriptor* message : schema.messages) {
    if (absl::EqualsIgnoreCase(message->name(), word)) return Describe(*message);
  }
  for (const EnumDescriptor* type : schema.enums) {
    if (absl::EqualsIgnoreCase(type->name(), word)) return Describe(*type);
  }
  for (const Descriptor* message : schema.messages) {
    const FieldDescriptor* field = message->FindFieldByName(std::string(word));
    if (field && field->message_type()) return Describe(*field->message_type());
    if (field && field->enum_type()) return Describe(*field->enum_type());
  }
  return std::nullopt;
}

std::vector<std::string> SchemaTypes() {
  std::vector<std::string> out;
  for (const Descriptor* message : TheSchema().messages) out.push_back(message->name());
  for (const EnumDescriptor* type : TheSchema().enums) out.push_back(type->name());
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace tickwire
