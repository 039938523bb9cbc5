#include "tests/support/packet_script/sctp_parser.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace tickwire::packet_script {
namespace {

class SctpParser {
 public:
  explicit SctpParser(Scanner& scan) : scan_(scan) {}
  bool Parse(SctpSpec& sctp);
  const std::string& error() const { return error_; }

 private:
  // Remembers the first mistake.
  bool Fail(std::string what) {
    if (error_.empty()) error_ = std::move(what);
    return false;
  }
  bool Want(absl::string_view symbol) {
    return scan_.Take(symbol) || Fail(absl::StrCat("expected \"", symbol, "\""));
  }
  bool WantTag(uint32_t& tag) {
    const std::optional<int64_t> number = scan_.TakeNumber();
    if (!number || *number < 0 || *number > 0xffffffff) return Fail("expected a tag");
    tag = static_cast<uint32_t>(*number);
    return true;
  }
  bool ParseItem(SctpItem& item);
  bool ParseValue(SctpValue& value);

  Scanner& scan_;
  std::string error_;
};

// "sctp:" or "sctp(tag=7, bad_crc32c):", then chunks with ';' between them.
bool SctpParser::Parse(SctpSpec& sctp) {
  if (scan_.Take("(")) {
    do {
      const std::string name = scan_.TakeName();
      uint32_t tag = 0;
      if (name == "bad_crc32c") {
        sctp.bad_crc = true;
      } else if (name == "tag") {
        if (!Want("=") || !WantTag(tag)) return false;
        sctp.tag = tag;
      } else {
        return Fail("expected tag=NUMBER or bad_crc32c");
      }
    } while (scan_.Take(","));
    if (!Want(")")) return false;
  }
  if (!Want(":")) return false;
  do {
    SctpItem& chunk = sctp.chunks.emplace_back();
    chunk.name = scan_.TakeName();
    if (chunk.name.empty()) return Fail("expected the name of a chunk");
    if (!Want("[") || !ParseItem(chunk)) return false;
  } while (scan_.Take(";"));
  return true;
}

// After "NAME[".
bool SctpParser::ParseItem(SctpItem& item) {
  if (scan_.Take("]")) return true;
  do {
    if (scan_.Take("...")) {
      item.and_more = true;
      continue;
    }
    const std::string name = scan_.TakeName();
    if (name.empty()) return Fail("expected a field, a parameter or a cause");
    if (scan_.Take("[")) {
      SctpItem& inner = item.items.emplace_back();
      inner.name = name;
      if (!ParseItem(inner)) return false;
    } else {
      SctpField& field = item.fields.emplace_back();
      field.name = name;
      if (!Want("=") || !ParseValue(field.value)) return false;
    }
  } while (scan_.Take(","));
  return Want("]");
}

bool SctpParser::ParseValue(SctpValue& value) {
  using Kind = SctpValue::Kind;
  if (scan_.Take("...")) return true;
  if (scan_.Take("\"")) {
    value.kind = Kind::kText;
    const std::optional<std::string> text = scan_.TakeQuoted();
    if (!text) return Fail("a text without its end");
    value.text = *text;
    return true;
  }
  if (scan_.Take("[")) {
    value.kind = Kind::kList;
    if (scan_.Take("]")) return true;
    do {
      if (!ParseValue(value.list.emplace_back())) return false;
    } while (scan_.Take(","));
    return Want("]");
  }
  if (scan_.Take("{")) {
    value.kind = Kind::kList;
    do {
      if (!ParseValue(value.list.emplace_back())) return false;
    } while (scan_.Take(","));
    return Want("}");
  }
  if (const std::optional<int64_t> number = scan_.TakeNumber()) {
    value.kind = Kind::kNumber;
    value.number = *number;
    if (!scan_.Take(":")) return true;
    SctpValue from = value, to;  // 2:3
    if (!ParseValue(to)) return false;
    value = SctpValue{.kind = Kind::kList, .text = {}, .list = {}, .item = {}};
    value.list.push_back(std::move(from));
    value.list.push_back(std::move(to));
    return true;
  }
  value.kind = Kind::kWord;
  value.text = scan_.TakeName();
  if (value.text.empty()) return Fail("expected a value");
  if (!scan_.Take("[")) return true;
  value.kind = Kind::kItem;
  value.item.emplace_back().name = value.text;
  return ParseItem(value.item.back());
}

}  // namespace

std::string ParseSctp(Scanner& scan, SctpSpec& sctp) {
  SctpParser parser(scan);
  parser.Parse(sctp);
  return parser.error();
}

}  // namespace tickwire::packet_script
