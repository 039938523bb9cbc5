#include "topologies/text/formatter.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "topologies/text/token.h"

namespace tickwire::text {
namespace {

constexpr size_t kColumns = 100;
constexpr int kMaxDepth = 100;

struct Item;

struct Value {
  enum class Kind { kScalar, kBlock, kList };
  Kind kind = Kind::kScalar;
  std::vector<std::string> pieces;      // of a scalar; several for adjacent strings
  std::vector<bool> piece_on_new_line;  // parallel to pieces
  std::vector<Item> items;              // of a block or a list
  bool is_multiline = false;            // in the source
};

// A field, an element of a list (no name), or a comment (name only).
struct Item {
  bool is_comment = false;
  int newlines_before = 0;
  std::string name;
  Value value;
  std::string trailing_comment;
};

class Parser {
 public:
  explicit Parser(absl::string_view text) : lexer_(text, Lexer::Comments::kKeep) { Advance(); }
  bool Fields(std::vector<Item>& items, char closer, int depth);
  const Token& token() const { return token_; }

 private:
  void Advance() {
    token_ = lexer_.Next();
    if (token_.fault != TokenFault::kNone) failed_ = true;
  }
  bool Field(Item& item, std::vector<Item>& items, int depth);
  bool ReadValue(Value& value, int depth);
  bool Elements(std::vector<Item>& items, int depth);
  bool TakeComment(std::vector<Item>& items);

  Lexer lexer_;
  Token token_;
  bool failed_ = false;
};

std::string WithDoubleQuotes(absl::string_view quoted) {
  const absl::string_view body = quoted.substr(1, quoted.size() - 2);
  if (quoted[0] == '"' || body.find_first_of("\"\\") != absl::string_view::npos) {
    return std::string(quoted);
  }
  return absl::StrCat("\"", body, "\"");
}

bool Parser::TakeComment(std::vector<Item>& items) {
  if (token_.kind != TokenKind::kComment) return false;
  if (token_.newlines_before == 0 && !items.empty() && !items.back().is_comment &&
      items.back().trailing_comment.empty()) {
    items.back().trailing_comment = std::string(token_.text);
  } else {
    Item& item = items.emplace_back();
    item.is_comment = true;
    item.newlines_before = token_.newlines_before;
    item.name = std::string(token_.text);
  }
  Advance();
  return true;
}

bool Parser::Fields(std::vector<Item>& items, char closer, int depth) {
  if (depth > kMaxDepth) return false;
  while (!failed_) {
    if (TakeComment(items)) continue;
    if (token_.kind == TokenKind::kEnd) return closer == 0;
    if (token_.Is(',') || token_.Is(';')) {
      if (items.empty()) return false;
      Advance();
      continue;
    }
    if (closer != 0 && token_.Is(closer)) {
      return true;  // the caller takes it
    }
    Item item;
    if (!Field(item, items, depth)) return false;
    items.push_back(std::move(item));
  }
  return false;
}

bool Parser::Field(Item& item, std::vector<Item>& items, int depth) {
  item.newlines_before = token_.newlines_before;
  if (token_.kind == TokenKind::kIdentifier) {
    item.name = std::string(token_.text);
    Advance();
  } else if (token_.Is('[')) {
    while (!token_.Is(']')) {
      if (token_.kind == TokenKind::kEnd || token_.kind == TokenKind::kComment) return false;
      absl::StrAppend(&item.name, token_.text);
      Advance();
    }
    item.name += ']';
    Advance();
  } else {
    return false;
  }
  bool colon = false;
  while (token_.kind == TokenKind::kComment || (token_.Is(':') && !colon)) {
    if (token_.Is(':')) {
      colon = true;
      Advance();
      continue;
    }
    // A comment between a name and its value moves above them.
    Item& comment = items.emplace_back();
    comment.is_comment = true;
    comment.newlines_before = item.newlines_before;
    comment.name = std::string(token_.text);
    item.newlines_before = 1;
    Advance();
  }
  if (!ReadValue(item.value, depth)) return false;
  // A list of blocks may stand without a colon; any other value may not.
  const bool is_scalar_like = item.value.kind == Value::Kind::kScalar;
  return colon || !is_scalar_like;
}

bool Parser::ReadValue(Value& value, int depth) {
  if (token_.Is('{') || token_.Is('<')) {
    const char closer = token_.Is('{') ? '}' : '>';
    value.kind = Value::Kind::kBlock;
    Advance();
    if (!Fields(value.items, closer, depth + 1)) return false;
    value.is_multiline = token_.newlines_before > 0;
    for (const Item& item : value.items) value.is_multiline |= item.newlines_before > 0;
    Advance();
    return true;
  }
  if (token_.Is('[')) {
    value.kind = Value::Kind::kList;
    Advance();
    if (!Elements(value.items, depth + 1)) return false;
    value.is_multiline = token_.newlines_before > 0;
    for (const Item& item : value.items) value.is_multiline |= item.newlines_before > 0;
    Advance();
    return true;
  }
  while (token_.kind == TokenKind::kString) {
    value.piece_on_new_line.push_back(!value.pieces.empty() && token_.newlines_before > 0);
    value.pieces.push_back(WithDoubleQuotes(token_.text));
    Advance();
    if (failed_) return false;
  }
  if (!value.pieces.empty()) return true;
  std::string text;
  if (token_.Is('-')) {
    text.push_back('-');
    Advance();
  }
  if (token_.kind != TokenKind::kNumber && token_.kind != TokenKind::kIdentifier) return false;
  absl::StrAppend(&text, token_.text);
  value.pieces.push_back(std::move(text));
  value.piece_on_new_line.push_back(false);
  Advance();
  return true;
}

bool Parser::Elements(std::vector<Item>& items, int depth) {
  if (depth > kMaxDepth) return false;
  bool wants_comma = false;
  while (!failed_) {
    if (TakeComment(items)) continue;
    if (token_.Is(']')) return true;
    if (token_.Is(',')) {
      if (!wants_comma) return false;
      wants_comma = false;
      Advance();
      continue;
    }
    if (wants_comma) return false;
    Item item;
    item.newlines_before = token_.newlines_before;
    if (!ReadValue(item.value, depth) || item.value.kind == Value::Kind::kList) return false;
    items.push_back(std::move(item));
    wants_comma = true;
  }
  return false;
}

// What an item is on one line, or nullopt if it cannot be.
std::optional<std::string> Inline(const Item& item);

std::optional<std::string> Inline(const Value& value) {
  if (value.kind == Value::Kind::kScalar) {
    std::string out;
    for (size_t i = 0; i < value.pieces.size(); ++i) {
      if (value.piece_on_new_line[i]) return std::nullopt;
      absl::StrAppend(&out, i > 0 ? " " : "", value.pieces[i]);
    }
    return out;
  }
  if (value.is_multiline) return std::nullopt;
  const bool is_list = value.kind == Value::Kind::kList;
  std::string out = is_list ? "[" : "{";
  for (size_t i = 0; i < value.items.size(); ++i) {
    const std::optional<std::string> item = Inline(value.items[i]);
    if (!item || !value.items[i].trailing_comment.empty()) return std::nullopt;
    absl::StrAppend(&out, is_list ? (i > 0 ? ", " : "") : " ", *item);
    if (out.size() > 4 * kColumns) return std::nullopt;
  }
  if (is_list) {
    out.push_back(']');
  } else {
    absl::StrAppend(&out, value.items.empty() ? "" : " ", "}");
  }
  return out;
}

std::optional<std::string> Inline(const Item& item) {
  if (item.is_comment) return std::nullopt;
  std::optional<std::string> value = Inline(item.value);
  if (!value || item.name.empty()) return value;
  return absl::StrCat(item.name, item.value.kind == Value::Kind::kBlock ? " " : ": ", *value);
}

// Columns that a text takes: its characters.
size_t Columns(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

class Printer {
 public:
  // Fields of a block, or elements of a list.
  void Items(const std::vector<Item>& items, int indent, bool is_list, bool one_per_line);
  std::string Take() { return std::move(out_); }

 private:
  void Multiline(const Item& item, int indent);
  void Indent(int indent) { out_.append(indent, ' '); }

  std::string out_;
};

void Printer::Multiline(const Item& item, int indent) {
  const Value& value = item.value;
  out_ += item.name;
  if (value.kind == Value::Kind::kScalar) {
    if (!item.name.empty()) out_ += ":";
    for (size_t i = 0; i < value.pieces.size(); ++i) {
      const bool breaks = value.piece_on_new_line[i];
      if (breaks) {
        out_ += "\n";
        Indent(indent + 4);
      } else if (i > 0 || !item.name.empty()) {
        out_ += " ";
      }
      out_ += value.pieces[i];
    }
    return;
  }
  const bool is_list = value.kind == Value::Kind::kList;
  if (!item.name.empty()) out_ += is_list ? ": " : " ";
  out_ += is_list ? "[\n" : "{\n";
  const bool is_of_scalars =
      is_list && std::all_of(value.items.begin(), value.items.end(), [](const Item& element) {
        return element.value.kind == Value::Kind::kScalar;
      });
  Items(value.items, indent + 2, is_list, /*one_per_line=*/!value.is_multiline && !is_of_scalars);
  Indent(indent);
  out_ += is_list ? "]" : "}";
}

void Printer::Items(const std::vector<Item>& items, int indent, bool is_list, bool one_per_line) {
  size_t last_element = items.size();  // after which no comma stands
  for (size_t i = 0; i < items.size(); ++i) {
    if (!items[i].is_comment) last_element = i;
  }
  bool line_is_open = false;  // more may be put on the current line
  size_t line_start = out_.size();
  for (size_t i = 0; i < items.size(); ++i) {
    const Item& item = items[i];
    const absl::string_view comma = is_list && i != last_element && !item.is_comment ? "," : "";
    const std::optional<std::string> line = Inline(item);
    const bool fits_here =
        line && line_is_open && !one_per_line && item.newlines_before == 0 &&
        Columns(absl::string_view(out_).substr(line_start)) + 1 + Columns(*line) + comma.size() <=
            kColumns;
    if (fits_here) {
      absl::StrAppend(&out_, " ", *line, comma);
    } else {
      if (line_is_open) out_ += "\n";
      if (i > 0 && item.newlines_before > 1) out_ += "\n";
      line_start = out_.size();
      Indent(indent);
      if (item.is_comment) {
        out_ += item.name;
      } else if (line && indent + Columns(*line) + comma.size() <= kColumns) {
        absl::StrAppend(&out_, *line, comma);
      } else {
        Multiline(item, indent);
        absl::StrAppend(&out_, comma);
      }
    }
    line_is_open = true;
    if (!item.trailing_comment.empty()) absl::StrAppend(&out_, "  ", item.trailing_comment);
    const bool must_end = item.is_comment || !item.trailing_comment.empty() || !line ||
                          (i + 1 < items.size() && items[i + 1].is_comment);
    if (must_end) {
      out_ += "\n";
      line_is_open = false;
    }
  }
  if (line_is_open) out_ += "\n";
}

}  // namespace

std::optional<std::string> Format(absl::string_view text) {
  Parser parser(text);
  std::vector<Item> items;
  if (!parser.Fields(items, 0, 0)) return std::nullopt;
  Printer printer;
  printer.Items(items, 0, /*is_list=*/false, /*one_per_line=*/false);
  return printer.Take();
}

}  // namespace tickwire::text
