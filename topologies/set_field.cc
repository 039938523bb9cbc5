#include "topologies/set_field.h"

#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "topologies/match/suggest.h"
#include "topologies/text/reader.h"

namespace tickwire {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

struct PathStep {
  Span span;
  std::string field;
  std::optional<std::string> key;  // between [ and ]
  Span key_span;
};

class Assigner {
 public:
  Assigner(const FieldCheckContext& context, DiagnosticSink& sink)
      : context_(context), sink_(sink) {}
  void Run(Message& message);

 private:
  bool SplitPath(size_t end);
  bool Fail(Span span, absl::string_view id, std::string message, std::string expected = "",
            std::string suggestion = "") {
    sink_.Error(span, {id, std::move(message), std::move(expected), std::move(suggestion), ""});
    return false;
  }
  const FieldDescriptor* FindField(const Message& message, const PathStep& step);
  Message* Enter(Message& message, const FieldDescriptor& field, size_t step);
  Message* EnterList(Message& message, const FieldDescriptor& field, size_t step);
  int FindByName(const Message& message, const FieldDescriptor& field, const std::string& name);
  void Assign(Message& message, const FieldDescriptor& field, const PathStep& step, size_t value);

  const FieldCheckContext& context_;
  DiagnosticSink& sink_;
  std::vector<PathStep> path_;
};

bool Assigner::SplitPath(size_t end) {
  const absl::string_view text = sink_.source().text().substr(0, end);
  size_t at = 0;
  while (true) {
    PathStep step;
    const size_t begin = at;
    while (at < text.size() && text[at] != '.' && text[at] != '[') ++at;
    step.field = std::string(text.substr(begin, at - begin));
    step.span = {static_cast<uint32_t>(begin), static_cast<uint32_t>(at - begin)};
    if (step.field.empty()) {
      return Fail(step.span, "E0501", "a field is missing here",
                  "a path such as link[0].both.loss");
    }
    if (at < text.size() && text[at] == '[') {
      const size_t close = text.find(']', at);
      if (close == absl::string_view::npos) {
        return Fail({static_cast<uint32_t>(at), 1}, "E0501", "this bracket is never closed", "']'");
      }
      step.key = std::string(text.substr(at + 1, close - at - 1));
      step.key_span = {static_cast<uint32_t>(at + 1), static_cast<uint32_t>(close - at - 1)};
      at = close + 1;
    }
    path_.push_back(std::move(step));
    if (at >= text.size()) return true;
    if (text[at] != '.') {
      return Fail({static_cast<uint32_t>(at), 1}, "E0501", "unexpected text in the path", "'.'");
    }
    ++at;
  }
}

const FieldDescriptor* Assigner::FindField(const Message& message, const PathStep& step) {
  const google::protobuf::Descriptor& type = *message.GetDescriptor();
  const FieldDescriptor* field = type.FindFieldByName(step.field);
  if (field != nullptr) return field;
  std::vector<absl::string_view> names;
  std::string expected;
  for (int i = 0; i < type.field_count(); ++i) {
    names.push_back(type.field(i)->name());
    absl::StrAppend(&expected, i == 0 ? "one of " : ", ", names.back());
  }
  const std::string nearest = Nearest(step.field, names);
  Fail(step.span, "E0501", absl::StrCat("`", type.name(), "` has no field `", step.field, "`"),
       nearest.empty() ? expected : "", nearest);
  return nullptr;
}

int Assigner::FindByName(const Message& message, const FieldDescriptor& field,
                         const std::string& name) {
  const Reflection& reflection = *message.GetReflection();
  const FieldDescriptor* name_field = field.message_type()->FindFieldByName("name");
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const Message& element = reflection.GetRepeatedMessage(message, &field, i);
    if (name_field && element.GetReflection()->GetString(element, name_field) == name) return i;
    if (field.message_type() == scenario::Link::descriptor()) {
      const auto& link = static_cast<const scenario::Link&>(element);
      if (link.name().empty() && absl::StrCat(link.a(), "-", link.b()) == name) return i;
    }
  }
  return -1;
}

Message* Assigner::EnterList(Message& message, const FieldDescriptor& field, size_t at) {
  const Reflection& reflection = *message.GetReflection();
  const PathStep& step = path_[at];
  const int size = reflection.FieldSize(message, &field);
  const auto element = [&](int i) {
    return reflection.MutableRepeatedMessage(&message, &field, i);
  };
  if (step.key) {
    int index = -1;
    if (!absl::SimpleAtoi(*step.key, &index)) {
      index = FindByName(message, field, *step.key);
      if (index < 0) {
        std::vector<std::string> names;
        for (int i = 0; i < size && i < 10'000; ++i) {
          const Message& candidate = *element(i);
          const FieldDescriptor* name = field.message_type()->FindFieldByName("name");
          if (name) names.push_back(candidate.GetReflection()->GetString(candidate, name));
        }
        const std::vector<absl::string_view> views(names.begin(), names.end());
        Fail(step.key_span, "E0502",
             absl::StrCat("no `", field.name(), "` is named \"", *step.key, "\""),
             "a name, or a place from 0", Nearest(*step.key, views));
        return nullptr;
      }
    }
    if (index < 0 || index >= size) {
      Fail(step.key_span, "E0502",
           absl::StrCat("there is no `", field.name(), "[", *step.key, "]`"),
           size == 0 ? "the scenario has none" : absl::StrCat("a place from 0 to ", size - 1));
      return nullptr;
    }
    return element(index);
  }
  if (at + 1 < path_.size() && !field.message_type()->FindFieldByName(path_[at + 1].field)) {
    // Better told than which element is meant.
    std::unique_ptr<Message> any(
        reflection.GetMessageFactory()->GetPrototype(field.message_type())->New());
    FindField(*any, path_[at + 1]);
    return nullptr;
  }
  // By what it is: the next step is a member of the oneof that tells the kind.
  const FieldDescriptor* next =
      at + 1 < path_.size() ? field.message_type()->FindFieldByName(path_[at + 1].field) : nullptr;
  if (next != nullptr && next->real_containing_oneof() != nullptr &&
      field.message_type()->field_count() == next->real_containing_oneof()->field_count()) {
    int found = -1, count = 0;
    for (int i = 0; i < size; ++i) {
      if (!element(i)->GetReflection()->HasField(*element(i), next)) continue;
      found = i;
      ++count;
    }
    if (count == 1) return element(found);
    if (count == 0) return reflection.AddMessage(&message, &field);
  }
  if (size == 1) return element(0);
  Fail(step.span, "E0502", absl::StrCat("there are ", size, " of `", field.name(), "`"),
       absl::StrCat("`", field.name(), "[",
                    field.message_type()->FindFieldByName("name") ? "name" : "0", "]`"));
  return nullptr;
}

Message* Assigner::Enter(Message& message, const FieldDescriptor& field, size_t at) {
  const PathStep& step = path_[at];
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    Fail(step.span, "E0501", absl::StrCat("`", field.name(), "` has no fields inside"),
         "'=' after it");
    return nullptr;
  }
  if (field.is_repeated()) return EnterList(message, field, at);
  if (step.key) {
    Fail(step.key_span, "E0501", absl::StrCat("`", field.name(), "` is not a list"), "no [ ]");
    return nullptr;
  }
  return message.GetReflection()->MutableMessage(&message, &field);
}

void Assigner::Assign(Message& message, const FieldDescriptor& field, const PathStep& step,
                      size_t value) {
  const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (step.key) {
    Fail(
        step.key_span, "E0501", "an element of a list cannot be replaced",
        is_message ? "a field inside it" : absl::StrCat(field.name(), "=[...] for the whole list"));
    return;
  }
  // A block is merged into what is there; a list of values is replaced.
  if (!is_message) message.GetReflection()->ClearField(&message, &field);
  text::ReadValue(sink_, context_.reader, value, field, message);
  if (sink_.has_errors()) return;
  const Span span = {static_cast<uint32_t>(value),
                     static_cast<uint32_t>(sink_.source().text().size() - value)};
  CheckOneField(message, field, {nullptr, span}, context_, sink_);
}

void Assigner::Run(Message& root) {
  const absl::string_view text = sink_.source().text();
  // Names in brackets may not hold '='; the first one outside of them ends the path.
  const size_t equals = text.find('=');
  if (equals == absl::string_view::npos) {
    Fail({0, static_cast<uint32_t>(text.size())}, "E0503", "this assigns nothing",
         "path=value, such as seed=7 or link[0].both.loss=5%");
    return;
  }
  if (!SplitPath(equals)) return;
  Message* message = &root;
  for (size_t i = 0; i < path_.size(); ++i) {
    const FieldDescriptor* field = FindField(*message, path_[i]);
    if (field == nullptr) return;
    if (i + 1 == path_.size()) return Assign(*message, *field, path_[i], equals + 1);
    message = Enter(*message, *field, i);
    if (message == nullptr) return;
  }
}

}  // namespace

std::vector<Diagnostic> SetField(scenario::Scenario& scenario, const std::string& assignment,
                                 const FieldCheckContext& context) {
  const SourceFile source("--set", assignment);
  DiagnosticSink sink(source);
  Assigner(context, sink).Run(scenario);
  return sink.Take();
}

}  // namespace tickwire
