#include "topologies/text/reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "topologies/match/suggest.h"
#include "topologies/text/scalar.h"
#include "topologies/text/token_cursor.h"

namespace tickwire::text {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::OneofDescriptor;
using google::protobuf::Reflection;

constexpr int kAnyTypeUrl = 1;
constexpr int kAnyValue = 2;

absl::string_view Closing(char closer) { return closer == '}' ? "'}'" : "'>'"; }

bool IsAny(const Descriptor& type) { return type.full_name() == "google.protobuf.Any"; }

const Message* AnyPrototype(absl::string_view type_url, const ReaderOptions& options) {
  const DescriptorPool* pool =
      options.any_pool ? options.any_pool : DescriptorPool::generated_pool();
  MessageFactory* factory =
      options.any_factory ? options.any_factory : MessageFactory::generated_factory();
  const size_t slash = type_url.rfind('/');
  const absl::string_view last =
      slash == absl::string_view::npos ? type_url : type_url.substr(slash + 1);
  const Descriptor* type = pool->FindMessageTypeByName(std::string(last));
  if (type == nullptr) {  // [my.pkg/Message]
    type = pool->FindMessageTypeByName(absl::StrReplaceAll(type_url, {{"/", "."}}));
  }
  return type ? factory->GetPrototype(type) : nullptr;
}

class Reader {
 public:
  Reader(DiagnosticSink& sink, const ReaderOptions& options, size_t begin = 0)
      : sink_(sink), options_(options), cursor_(sink, begin) {}

  // Fields up to `closer`, which is taken, or to the end of the text if it is 0.
  void ReadFields(Message& message, LocationTree& locations, char closer, Span opener);
  // The value of a field whose name and colon have been taken.
  void ReadList(const FieldDescriptor& field, Message& message, LocationTree& locations, Span name);
  void ReadOne(const FieldDescriptor& field, Message& message, LocationTree& locations, Span name);

  const Token& token() const { return cursor_.token(); }

 private:
  void ReadFieldsInside(Message& message, LocationTree& locations, char closer, Span opener);
  void ReadField(Message& message, LocationTree& locations);
  void ReadKnownField(const FieldDescriptor& field, const Token& name, Message& message,
                      LocationTree& locations);
  void ReadBlock(const FieldDescriptor& field, Message& message, LocationTree& locations,
                 Span name);
  void ReadAny(Message& any, LocationTree& locations);
  bool IsTakenAlready(const FieldDescriptor& field, const Token& name,
                      const LocationTree& locations);
  bool CountValue();

  void ReportUnknownField(const Descriptor& type, const Token& name);

  DiagnosticSink& sink_;
  const ReaderOptions& options_;
  TokenCursor cursor_;
  std::vector<const Descriptor*> open_;  // types of the blocks being read, outermost first
  int values_ = 0;
};

bool Reader::CountValue() {
  if (++values_ <= options_.max_values) return true;
  sink_.FileError({"E0905",
                   absl::StrCat("the file holds more than ", options_.max_values, " values"), "",
                   "", "groups (`count`) and shorthands make many nodes out of few lines"});
  sink_.Close();
  cursor_.Stop();
  return false;
}

void Reader::ReportUnknownField(const Descriptor& type, const Token& name) {
  std::vector<absl::string_view> names;
  std::string belongs;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    names.push_back(field.name());
    if (belongs.empty() && field.message_type() &&
        field.message_type()->FindFieldByName(std::string(name.text))) {
      belongs = absl::StrCat("`", name.text, "` goes inside `", field.name(), " { }`");
    }
  }
  for (const Descriptor* outer : open_) {
    if (belongs.empty() && outer != &type && name.newlines_before > 0 &&
        outer->FindFieldByName(std::string(name.text))) {
      belongs = absl::StrCat("a '}' may be missing above: `", name.text, "` is a field of `",
                             outer->name(), "`");
    }
  }
  const std::string nearest = belongs.empty() ? Nearest(name.text, names) : "";
  std::string expected;
  if (nearest.empty()) {
    for (const absl::string_view field : names) {
      absl::StrAppend(&expected, expected.empty() ? "one of " : ", ", field);
    }
  }
  sink_.Error(name.span,
              {"E0107", absl::StrCat("`", type.name(), "` has no field `", name.text, "`"),
               expected, nearest, belongs});
}

// Reports a second value of a field that holds one, or of another member of its oneof.
bool Reader::IsTakenAlready(const FieldDescriptor& field, const Token& name,
                            const LocationTree& locations) {
  if (field.is_repeated()) return false;
  for (const LocationTree::Entry& entry : locations.entries()) {
    if (entry.field == field.number()) {
      sink_.Error(name.span, {"E0110", absl::StrCat("`", field.name(), "` is set twice"), "", "",
                              absl::StrCat("first in line ",
                                           sink_.source().position(entry.name.offset).line)});
      return true;
    }
    const OneofDescriptor* oneof = field.real_containing_oneof();
    const FieldDescriptor* other = field.containing_type()->FindFieldByNumber(entry.field);
    if (oneof != nullptr && other != nullptr && other->containing_oneof() == oneof) {
      sink_.Error(
          name.span,
          {"E0111", absl::StrCat("`", field.name(), "` and `", other->name(), "` in one block"),
           absl::StrCat("one of them: a `", field.containing_type()->name(), "` holds one thing"),
           "", "write a second block for the second"});
      return true;
    }
  }
  return false;
}

void Reader::ReadField(Message& message, LocationTree& locations) {
  const Token name = token();
  cursor_.Advance();
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(std::string(name.text));
  if (field == nullptr) {
    ReportUnknownField(*message.GetDescriptor(), name);
    locations.MarkDamaged();
    cursor_.SkipValue();
    return;
  }
  if (IsTakenAlready(*field, name, locations)) {
    std::unique_ptr<Message> scratch(message.New());
    LocationTree scratch_locations;
    ReadKnownField(*field, name, *scratch, scratch_locations);
    return;
  }
  ReadKnownField(*field, name, message, locations);
}

void Reader::ReadKnownField(const FieldDescriptor& field, const Token& name, Message& message,
                            LocationTree& locations) {
  const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  const bool colon = token().Is(':');
  if (colon) {
    cursor_.Advance();
  } else if (!is_message) {
    const bool value_follows =
        token().newlines_before == 0 &&
        (token().kind == TokenKind::kString || token().kind == TokenKind::kNumber ||
         token().kind == TokenKind::kIdentifier || token().Is('['));
    if (value_follows) {
      sink_.Error(name.span, {"E0105", absl::StrCat("`", name.text, "` lacks its colon"), "",
                              absl::StrCat(name.text, ":"), ""});
    } else if (token().Is('{') || token().Is('<')) {
      sink_.Error(token().span, {"E0109", absl::StrCat("`", name.text, "` is a value, not a block"),
                                 DescribeType(field), "", ""});
      return cursor_.SkipBalanced();
    } else {
      sink_.Error(name.span,
                  {"E0105", absl::StrCat("`", name.text, "` has no value"),
                   absl::StrCat("`", name.text, ":` and ", DescribeType(field)), "", ""});
      return;
    }
  }
  if (token().Is('[')) return ReadList(field, message, locations, name.span);
  ReadOne(field, message, locations, name.span);
}

void Reader::ReadList(const FieldDescriptor& field, Message& message, LocationTree& locations,
                      Span name) {
  const Span opener = token().span;
  if (!field.is_repeated()) {
    sink_.Error(opener, {"E0109", absl::StrCat("`", field.name(), "` takes one value, not a list"),
                         DescribeType(field), "", ""});
    return cursor_.SkipBalanced();
  }
  cursor_.Advance();
  while (!cursor_.at_end() && !token().Is(']')) {
    if (token().Is('}') || token().Is('>')) break;
    const size_t before = token().span.offset;
    ReadOne(field, message, locations, name);
    if (token().Is(',')) {
      cursor_.Advance();
      if (token().Is(']')) cursor_.Unexpected("a value after ','");
    } else if (!token().Is(']') && !cursor_.at_end()) {
      cursor_.Unexpected("',' or ']'");
      if (token().span.offset == before || token().kind == TokenKind::kSymbol) {
        while (!cursor_.at_end() && !token().Is(']') && !token().Is('}') && !token().Is('>'))
          cursor_.Advance();
      }
    }
  }
  if (token().Is(']')) {
    cursor_.Advance();
  } else if (!cursor_.is_stopped()) {
    sink_.Error(opener, {"E0106", "this list is never closed", "']'", "", ""});
  }
}

void Reader::ReadOne(const FieldDescriptor& field, Message& message, LocationTree& locations,
                     Span name) {
  if (!CountValue()) return;
  const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (is_message && (token().Is('{') || token().Is('<'))) {
    return ReadBlock(field, message, locations, name);
  }
  if (token().Is('{') || token().Is('<')) {
    sink_.Error(token().span,
                {"E0109", absl::StrCat("`", field.name(), "` is a value, not a block"),
                 DescribeType(field), "", ""});
    return cursor_.SkipBalanced();
  }
  const std::optional<Scalar> scalar = cursor_.TakeScalar();
  if (!scalar) {
    cursor_.Unexpected(DescribeType(field));
    if (token().kind == TokenKind::kBad) cursor_.Advance();
    return;
  }
  const Reflection& reflection = *message.GetReflection();
  const int index = field.is_repeated() ? reflection.FieldSize(message, &field) : 0;
  StoreScalar(*scalar, field, message, sink_);
  if (!is_message) locations.Add(field.number(), index, name, scalar->span);
}

void Reader::ReadBlock(const FieldDescriptor& field, Message& message, LocationTree& locations,
                       Span name) {
  const Span opener = token().span;
  const char closer = token().Is('{') ? '}' : '>';
  if (static_cast<int>(open_.size()) > options_.max_depth) {
    sink_.Error(opener,
                {"E0902", absl::StrCat("blocks are nested more than ", options_.max_depth, " deep"),
                 "", "", ""});
    sink_.Close();
    return cursor_.Stop();
  }
  cursor_.Advance();
  const Reflection& reflection = *message.GetReflection();
  const int index = field.is_repeated() ? reflection.FieldSize(message, &field) : 0;
  Message& inside = field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                        : *reflection.MutableMessage(&message, &field);
  auto tree = std::make_unique<LocationTree>();
  ReadFields(inside, *tree, closer, opener);
  tree->Sort();
  locations.Add(field.number(), index, name, opener).inside = std::move(tree);
}

// `[prefix/Type] { ... }` in place of an Any's two fields.
void Reader::ReadAny(Message& any, LocationTree& locations) {
  Span span = token().span;
  std::string url;
  cursor_.Advance();
  while (!cursor_.at_end() && !token().Is(']') && !token().Is('{') && !token().Is('}')) {
    absl::StrAppend(&url, token().text);
    cursor_.Advance();
  }
  if (!token().Is(']')) {
    sink_.Error(span, {"E0106", "this bracket is never closed", "[package.Type] { ... }", "", ""});
    return cursor_.SkipValue();
  }
  span.length = token().span.offset + 1 - span.offset;
  cursor_.Advance();
  const Message* prototype = IsAny(*any.GetDescriptor()) ? AnyPrototype(url, options_) : nullptr;
  if (prototype == nullptr) {
    const bool in_any = IsAny(*any.GetDescriptor());
    sink_.Error(span, {"E0112",
                       in_any ? absl::StrCat("no message type `", url, "` is known")
                              : absl::StrCat("`", any.GetDescriptor()->name(),
                                             "` takes no [bracketed] field"),
                       "", "",
                       in_any ? "its .proto has to be linked into the program; write [package.Type]"
                              : "bracketed types belong into `custom { }`"});
    return cursor_.SkipValue();
  }
  if (token().Is(':')) cursor_.Advance();
  if (!token().Is('{') && !token().Is('<')) return cursor_.Unexpected("'{'");
  if (static_cast<int>(open_.size()) > options_.max_depth) {
    sink_.Error(token().span,
                {"E0902", absl::StrCat("blocks are nested more than ", options_.max_depth, " deep"),
                 "", "", ""});
    sink_.Close();
    return cursor_.Stop();
  }
  const Span opener = token().span;
  const char closer = token().Is('{') ? '}' : '>';
  cursor_.Advance();
  std::unique_ptr<Message> inside(prototype->New());
  auto tree = std::make_unique<LocationTree>();
  ReadFields(*inside, *tree, closer, opener);
  tree->Sort();
  const Descriptor& type = *any.GetDescriptor();
  const Reflection& reflection = *any.GetReflection();
  reflection.SetString(&any, type.FindFieldByNumber(kAnyTypeUrl),
                       absl::StrCat("type.googleapis.com/", inside->GetDescriptor()->full_name()));
  reflection.SetString(&any, type.FindFieldByNumber(kAnyValue), inside->SerializePartialAsString());
  locations.Add(kAnyTypeUrl, 0, span, span);
  locations.Add(kAnyValue, 0, span, opener).inside = std::move(tree);
}

void Reader::ReadFields(Message& message, LocationTree& locations, char closer, Span opener) {
  open_.push_back(message.GetDescriptor());
  ReadFieldsInside(message, locations, closer, opener);
  open_.pop_back();
}

void Reader::ReadFieldsInside(Message& message, LocationTree& locations, char closer, Span opener) {
  while (true) {
    if (cursor_.at_end()) {
      if (closer != 0 && !cursor_.is_stopped()) {
        sink_.Error(opener,
                    {"E0106", "this block is never closed", std::string(Closing(closer)), "", ""});
        // One report for all that are open.
        cursor_.Stop();
      }
      return;
    }
    if (token().Is('}') || token().Is('>')) {
      if (closer != 0) {
        if (!token().Is(closer)) cursor_.Unexpected(Closing(closer));
        return cursor_.Advance();
      }
      sink_.Error(token().span, {"E0114", "this closes nothing", "", "",
                                 "every block is closed already; look for one too many above"});
      cursor_.Advance();
      continue;
    }
    if (token().kind == TokenKind::kIdentifier) {
      ReadField(message, locations);
      cursor_.TakeSeparator();
    } else if (token().Is('[')) {
      ReadAny(message, locations);
      cursor_.TakeSeparator();
    } else {
      cursor_.Unexpected(closer == 0 ? "a field such as `node { ... }`" : "a field or '}'");
      cursor_.SkipToNextField();
    }
  }
}

}  // namespace

void ReadMessage(DiagnosticSink& sink, const ReaderOptions& options, Message& message,
                 LocationTree& locations) {
  Reader reader(sink, options);
  reader.ReadFields(message, locations, 0, Span());
  locations.Sort();
}

void ReadValue(DiagnosticSink& sink, const ReaderOptions& options, size_t offset,
               const FieldDescriptor& field, Message& message) {
  const absl::string_view text = sink.source().text().substr(offset);
  const Span all = {static_cast<uint32_t>(offset), static_cast<uint32_t>(text.size())};
  const bool quoted = !text.empty() && (text[0] == '"' || text[0] == '\'' || text[0] == '[');
  if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING && !quoted) {
    return StoreScalar({TokenKind::kString, all, std::string(text)}, field, message, sink);
  }
  Reader reader(sink, options, offset);
  LocationTree locations;
  if (reader.token().Is('[')) {
    reader.ReadList(field, message, locations, all);
  } else {
    reader.ReadOne(field, message, locations, all);
  }
  if (reader.token().kind != TokenKind::kEnd && !sink.has_errors()) {
    sink.Error(reader.token().span, {"E0105", "unexpected text after the value", "", "", ""});
  }
}

std::unique_ptr<Message> UnpackAny(const Message& any, const ReaderOptions& options) {
  const Descriptor& type = *any.GetDescriptor();
  if (!IsAny(type)) return nullptr;
  const Reflection& reflection = *any.GetReflection();
  const Message* prototype =
      AnyPrototype(reflection.GetString(any, type.FindFieldByNumber(kAnyTypeUrl)), options);
  if (prototype == nullptr) return nullptr;
  std::unique_ptr<Message> inside(prototype->New());
  if (!inside->ParsePartialFromString(
          reflection.GetString(any, type.FindFieldByNumber(kAnyValue)))) {
    return nullptr;
  }
  return inside;
}

}  // namespace tickwire::text
