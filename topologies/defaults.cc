#include "topologies/defaults.h"

#include <google/protobuf/any.pb.h>

#include <string>

#include "absl/strings/numbers.h"
#include "sim_core/base/check.h"
#include "topologies/text/reader.h"
#include "topologies/validate/field_check.h"

namespace tickwire {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

void SetDefault(Message& message, const FieldDescriptor& field, const std::string& text) {
  const Reflection& reflection = *message.GetReflection();
  uint64_t number = 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      reflection.SetString(&message, &field, text);
      return;
    case FieldDescriptor::CPPTYPE_UINT32:
      TW_CHECK(absl::SimpleAtoi(text, &number));
      reflection.SetUInt32(&message, &field, static_cast<uint32_t>(number));
      return;
    case FieldDescriptor::CPPTYPE_UINT64:
      TW_CHECK(absl::SimpleAtoi(text, &number));
      reflection.SetUInt64(&message, &field, number);
      return;
    default:
      TW_CHECK(field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE);
  }
}

}  // namespace

void FillDefaults(Message& message) {
  if (auto inside = text::UnpackAny(message, {})) {
    FillDefaults(*inside);
    static_cast<google::protobuf::Any&>(message).PackFrom(*inside);
    return;
  }
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (field.is_repeated()) {
      for (int j = 0; is_message && j < reflection.FieldSize(message, &field); ++j) {
        FillDefaults(*reflection.MutableRepeatedMessage(&message, &field, j));
      }
    } else if (is_message) {
      if (reflection.HasField(message, &field)) {
        FillDefaults(*reflection.MutableMessage(&message, &field));
      }
    } else if (!field.real_containing_oneof() && !reflection.HasField(message, &field) &&
               !RulesOf(field).default_text().empty()) {
      SetDefault(message, field, RulesOf(field).default_text());
    }
  }
}

}  // namespace tickwire
