#include "topologies/validate/field_check.h"

#include <unistd.h>

#include <variant>

#include "absl/strings/str_cat.h"
#include "topologies/expand/network_builder.h"
#include "topologies/match/program.h"
#include "topologies/validate/literal_check.h"

namespace tickwire {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;
using scenario::FieldRules;
using text::Where;

class Checker {
 public:
  Checker(const FieldCheckContext& context, DiagnosticSink& sink)
      : context_(context), sink_(sink) {}

  void CheckMessage(const Message& message, const Where& where);
  void CheckField(const Message& message, const FieldDescriptor& field, const Where& where);

 private:
  void CheckPresence(const Message& message, const Where& where);
  void CheckText(const FieldDescriptor& field, const std::string& text, Span span);
  void CheckMatch(const FieldDescriptor& field, const std::string& text, Span span);
  void CheckNode(const FieldDescriptor& field, const std::string& name, Span span);
  void CheckAttachment(const std::string& text, Span span);
  void CheckFile(const std::string& path, Span span);
  void CheckActor(const Message& action, const Where& where);
  // Whose role or action is being checked, if any.
  void EnterActor(const Message& message);

  const FieldCheckContext& context_;
  DiagnosticSink& sink_;
  std::string actor_;
  std::string value_note_;  // about the value being checked, if it is not the file's
};

int64_t IntegerOf(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& r = *message.GetReflection();
  const bool list = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return list ? r.GetRepeatedInt32(message, &field, index) : r.GetInt32(message, &field);
    case FieldDescriptor::CPPTYPE_UINT32:
      return list ? r.GetRepeatedUInt32(message, &field, index) : r.GetUInt32(message, &field);
    case FieldDescriptor::CPPTYPE_INT64:
      return list ? r.GetRepeatedInt64(message, &field, index) : r.GetInt64(message, &field);
    case FieldDescriptor::CPPTYPE_UINT64: {
      const uint64_t value =
          list ? r.GetRepeatedUInt64(message, &field, index) : r.GetUInt64(message, &field);
      return value > INT64_MAX ? INT64_MAX : static_cast<int64_t>(value);
    }
    default:
      return 0;
  }
}

std::string TextOf(const Message& message, const FieldDescriptor& field, int index) {
  const Reflection& r = *message.GetReflection();
  return field.is_repeated() ? r.GetRepeatedString(message, &field, index)
                             : r.GetString(message, &field);
}

bool IsLiteral(scenario::Unit unit) { return unit != scenario::NONE && unit != scenario::MATCH; }

bool IsSet(const Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  return field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                             : reflection.HasField(message, &field);
}

void Checker::CheckPresence(const Message& message, const Where& where) {
  if (where.tree != nullptr && where.tree->is_damaged()) return;  // a misspelling has been told of
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (!RulesOf(field).required() || IsSet(message, field) || where.Has(field.number())) continue;
    sink_.Error(where.span,
                {"E0116", absl::StrCat("`", type.name(), "` lacks `", field.name(), "`"),
                 field.message_type() ? absl::StrCat("`", field.name(), " { ... }`")
                                      : absl::StrCat("`", field.name(), ": ...`"),
                 "", ""});
  }
  for (int i = 0; i < type.real_oneof_decl_count(); ++i) {
    const OneofDescriptor& oneof = *type.oneof_decl(i);
    if (!oneof.options().GetExtension(scenario::one_required)) continue;
    if (message.GetReflection()->HasOneof(message, &oneof)) continue;
    bool was_tried = false;
    std::string names;
    for (int j = 0; j < oneof.field_count(); ++j) {
      was_tried |= where.Has(oneof.field(j)->number());
      absl::StrAppend(&names, j == 0 ? "one of " : ", ", oneof.field(j)->name());
    }
    if (was_tried) continue;
    sink_.Error(where.span, {"E0117", absl::StrCat("`", type.name(), "` does not say what it is"),
                             names, "", ""});
  }
}

void Checker::EnterActor(const Message& message) {
  const std::string& type = message.GetDescriptor()->full_name();
  if (type == "tickwire.scenario.Node") {
    const auto& node = static_cast<const scenario::Node&>(message);
    actor_ = node.count() > 1 ? absl::StrCat(node.name(), 1) : node.name();
  } else if (type == "tickwire.scenario.At") {
    actor_ = static_cast<const scenario::At&>(message).node();
  }
}

void Checker::CheckActor(const Message& action, const Where& where) {
  const std::string& role = action.GetDescriptor()->options().GetExtension(scenario::acts_as);
  if (role.empty() || actor_.empty() || context_.network == nullptr) return;
  if (!context_.network->HasNode(actor_) || context_.network->HasRole(actor_, role)) return;
  sink_.Error(
      where.span,
      {"E0310", absl::StrCat("\"", actor_, "\" cannot do this: it has no role `", role, "`"),
       absl::StrCat("a node with `role { ", role, " { } }`"), "", ""});
}

void Checker::CheckMessage(const Message& message, const Where& where) {
  if (sink_.is_full()) return;
  const std::unique_ptr<Message> inside = text::UnpackAny(message, context_.reader);
  if (inside != nullptr) return CheckMessage(*inside, where.Inside(2));
  EnterActor(message);
  CheckActor(message, where);
  CheckPresence(message, where);
  const Descriptor& type = *message.GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) CheckField(message, *type.field(i), where);
}

void Checker::CheckField(const Message& message, const FieldDescriptor& field, const Where& where) {
  const Reflection& reflection = *message.GetReflection();
  const FieldRules& rules = RulesOf(field);
  if (!IsSet(message, field)) {
    // Set to nothing on purpose: `delay: ""`, `mtu: 0`.
    if (field.is_repeated() || !where.Has(field.number())) return;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return;
  }
  const int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
  for (int i = 0; i < count && !sink_.is_full(); ++i) {
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        CheckMessage(field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, i)
                                         : reflection.GetMessage(message, &field),
                     where.Inside(field.number(), i));
        break;
      case FieldDescriptor::CPPTYPE_STRING:
        CheckText(field, TextOf(message, field, i), where.Value(field.number(), i));
        break;
      case FieldDescriptor::CPPTYPE_INT32:
      case FieldDescriptor::CPPTYPE_INT64:
      case FieldDescriptor::CPPTYPE_UINT32:
      case FieldDescriptor::CPPTYPE_UINT64:
        if (std::optional<Finding> finding =
                CheckInteger(IntegerOf(message, field, i), rules, field.name())) {
          sink_.Error(where.Value(field.number(), i), std::move(*finding));
        }
        break;
      default:
        break;
    }
  }
}

void Checker::CheckText(const FieldDescriptor& field, const std::string& text, Span span) {
  const FieldRules& rules = RulesOf(field);
  if (text.empty() && IsLiteral(rules.unit())) {
    sink_.Error(span, {"E0209", absl::StrCat("`", field.name(), "` is empty"),
                       "a value, or no such line at all", "", ""});
    return;
  }
  if (std::optional<Finding> finding = CheckLiteral(text, rules, field.name())) {
    sink_.Error(span, std::move(*finding));
    return;
  }
  if (rules.unit() == scenario::MATCH) return CheckMatch(field, text, span);
  if (rules.unit() == scenario::FILE) return CheckFile(text, span);
  if (context_.network == nullptr) return;
  const bool is_assigned =
      context_.has_assignments && sink_.source().text(span).find(text) == absl::string_view::npos;
  value_note_ = is_assigned ? "this value comes from --set" : "";
  if (rules.unit() == scenario::NODE_REF) return CheckNode(field, text, span);
  if (rules.unit() == scenario::ATTACHMENT) return CheckAttachment(text, span);
  if (rules.unit() == scenario::LINK_REF && !context_.network->HasLink(text)) {
    sink_.Error(span, {"E0302", absl::StrCat("there is no link \"", text, "\""),
                       "the name of a link (`tickwire show` prints all)",
                       context_.network->NearestLink(text), value_note_});
  }
}

void Checker::CheckMatch(const FieldDescriptor& field, const std::string& text, Span span) {
  match::CompileOptions options;
  std::string unknown;
  if (context_.network != nullptr) {
    options.addresses_of = [&](absl::string_view name) {
      return context_.network->Addresses(name);
    };
  }
  const auto result = match::Compile(text, context_.fields, options);
  const auto* error = std::get_if<match::MatchError>(&result);
  if (error == nullptr) return;
  // Point into the text when it stands in the file as it is: one piece, no escapes.
  const absl::string_view written = sink_.source().text(span);
  if (written.size() == text.size() + 2 && written.substr(1, text.size()) == text) {
    span.offset += static_cast<uint32_t>(1 + std::min(error->offset, text.size()));
    span.length = static_cast<uint32_t>(error->length);
  } else if (written == text) {
    span.offset += static_cast<uint32_t>(error->offset);
    span.length = static_cast<uint32_t>(error->length);
  }
  const bool names_node = error->id == "E0301" && context_.network != nullptr;
  sink_.Error(span,
              {error->id, absl::StrCat("`", field.name(), "`: ", error->message), error->expected,
               names_node ? context_.network->NearestNode(text.substr(error->offset, error->length))
                          : error->suggestion,
               ""});
}

void Checker::CheckNode(const FieldDescriptor& field, const std::string& name, Span span) {
  const NetworkIndex& network = *context_.network;
  const FieldRules& rules = RulesOf(field);
  if (!network.HasNode(name)) {
    sink_.Error(
        span,
        {"E0301", absl::StrCat("there is no node \"", name, "\""), "", network.NearestNode(name),
         network.HasNode(name + "1") ? absl::StrCat("\"", name, "\" is a group; its nodes are \"",
                                                    name, "1\", \"", name, "2\", ...")
                                     : value_note_});
    return;
  }
  if (!rules.peer_role().empty() && !network.HasRole(name, rules.peer_role())) {
    const std::string first_role = rules.peer_role().substr(0, rules.peer_role().find('|'));
    sink_.Error(span, {"E0310", absl::StrCat("\"", name, "\" has no role `", first_role, "`"),
                       absl::StrCat("a node with `role { ", first_role, " { } }`"), "", ""});
  }
  if (rules.destination() && !network.has_loose_ends() && network.HasNode(actor_) &&
      !network.Reaches(actor_, name)) {
    sink_.Error(span,
                {"E0307", absl::StrCat("no path leads from \"", actor_, "\" to \"", name, "\""),
                 "links that join them, over routers only", "",
                 "a node between two links forwards packets only with `router: true`"});
  }
}

void Checker::CheckAttachment(const std::string& text, Span span) {
  const NetworkIndex& network = *context_.network;
  const absl::string_view node = NodeOfAttachment(text);
  if (!network.HasNode(node)) {
    const std::string nearest = network.NearestNode(node);
    sink_.Error(span,
                {"E0301", absl::StrCat("there is no node \"", node, "\""), "", nearest,
                 network.HasNode(absl::StrCat(node, "1"))
                     ? absl::StrCat("\"", node, "\" is a group: a `star` joins all of its nodes")
                     : value_note_});
    return;
  }
  const absl::string_view interface = InterfaceOfAttachment(text);
  const bool has_slash = text.find('/') != std::string::npos;
  if (has_slash) {
    FieldRules name_rules;
    name_rules.set_unit(scenario::NAME);
    if (std::optional<Finding> finding = CheckLiteral(interface, name_rules, "interface")) {
      sink_.Error(span, std::move(*finding));
    }
  }
}

void Checker::CheckFile(const std::string& path, Span span) {
  if (context_.directory.empty()) return;
  const std::string full = path[0] == '/' ? path : absl::StrCat(context_.directory, "/", path);
  if (access(full.c_str(), R_OK) != 0) {
    sink_.Error(span, {"E0312", absl::StrCat("cannot read the file \"", full, "\""),
                       "a file, relative to the scenario's folder", "", ""});
  }
}

}  // namespace

const FieldRules& RulesOf(const FieldDescriptor& field) {
  return field.options().GetExtension(scenario::is);
}

void CheckFields(const Message& message, const Where& where, const FieldCheckContext& context,
                 DiagnosticSink& sink) {
  Checker(context, sink).CheckMessage(message, where);
}

void CheckOneField(const Message& message, const FieldDescriptor& field, const Where& where,
                   const FieldCheckContext& context, DiagnosticSink& sink) {
  Checker(context, sink).CheckField(message, field, where);
}

}  // namespace tickwire
