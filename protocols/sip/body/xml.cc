#include "protocols/sip/body/xml.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace tickwire::sip {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<uint8_t>(c) >= 0x80;
}
bool IsNameChar(char c) {
  return IsNameStart(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
}

// Char of XML 1.0: no control characters but these three.
bool IsAllowed(char c) {
  return static_cast<uint8_t>(c) >= 0x20 || c == '\t' || c == '\r' || c == '\n';
}

void AppendUtf8(std::string& out, uint32_t code) {
  const auto tail = [&](int shift) {
    out.push_back(static_cast<char>(0x80 | ((code >> shift) & 0x3f)));
  };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0 | (code >> 6)));
    tail(0);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | (code >> 12)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0 | (code >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

bool IsCodePoint(uint32_t code) {
  if (code < 0x20) return code == 9 || code == 10 || code == 13;
  return code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) && code != 0xfffe && code != 0xffff;
}

// "#60", "#x3c", "lt": what stands between "&" and ";".
bool AppendReference(absl::string_view name, std::string& out) {
  if (name.size() >= 2 && name[0] == '#') {
    const bool is_hex = name[1] == 'x';
    uint32_t code = 0;
    const absl::string_view digits = name.substr(is_hex ? 2 : 1);
    if (digits.empty() || digits.size() > 7) return false;
    for (const char c : digits) {
      const bool is_digit = c >= '0' && c <= '9';
      const char lower = static_cast<char>(c | 0x20);
      if (!is_digit && !(is_hex && lower >= 'a' && lower <= 'f')) return false;
      code =
          code * (is_hex ? 16 : 10) + static_cast<uint32_t>(is_digit ? c - '0' : lower - 'a' + 10);
    }
    if (!IsCodePoint(code)) return false;
    AppendUtf8(out, code);
    return true;
  }
  constexpr struct {
    absl::string_view name;
    char octet;
  } kPredefined[] = {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& known : kPredefined) {
    if (known.name != name) continue;
    out.push_back(known.octet);
    return true;
  }
  return false;
}

class Reader {
 public:
  explicit Reader(absl::string_view text) : rest_(text) {}

  std::optional<XmlElement> Run() {
    Consume("\xef\xbb\xbf");  // byte order mark
    if (rest_.substr(0, 5) == "<?xml" && rest_.size() > 5 && IsSpace(rest_[5])) {
      if (!SkipPast("?>")) return std::nullopt;
    }
    if (!SkipMisc()) return std::nullopt;
    XmlElement root;
    if (!ReadElement(root, kMaxXmlDepth)) return std::nullopt;
    if (!SkipMisc() || !rest_.empty()) return std::nullopt;
    return root;
  }

 private:
  bool Consume(absl::string_view wanted) {
    if (rest_.substr(0, wanted.size()) != wanted) return false;
    rest_.remove_prefix(wanted.size());
    return true;
  }
  bool SkipPast(absl::string_view wanted) {
    const size_t at = rest_.find(wanted);
    if (at == absl::string_view::npos) return false;
    rest_.remove_prefix(at + wanted.size());
    return true;
  }
  void SkipSpace() {
    while (!rest_.empty() && IsSpace(rest_[0])) rest_.remove_prefix(1);
  }
  // White space and comments.
  bool SkipMisc() {
    while (true) {
      SkipSpace();
      if (!Consume("<!--")) return true;
      if (!SkipPast("-->")) return false;
    }
  }
  absl::string_view Name() {
    if (rest_.empty() || !IsNameStart(rest_[0])) return {};
    size_t size = 1;
    while (size < rest_.size() && IsNameChar(rest_[size])) ++size;
    const absl::string_view name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return name;
  }

  bool ReadValue(std::string& out) {
    if (rest_.empty() || (rest_[0] != '"' && rest_[0] != '\'')) return false;
    const char quote = rest_[0];
    rest_.remove_prefix(1);
    while (!rest_.empty() && rest_[0] != quote) {
      if (rest_[0] == '<' || !ReadCharacter(out)) return false;
    }
    return Consume(absl::string_view(&quote, 1));
  }

  // One octet of text or one reference.
  bool ReadCharacter(std::string& out) {
    const char c = rest_[0];
    if (!IsAllowed(c)) return false;
    if (c != '&') {
      out.push_back(c);
      rest_.remove_prefix(1);
      return true;
    }
    const size_t end = rest_.substr(0, 12).find(';');
    if (end == absl::string_view::npos) return false;
    const absl::string_view name = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return AppendReference(name, out);
  }

  bool ReadAttributes(XmlElement& element) {
    while (true) {
      const bool has_space = !rest_.empty() && IsSpace(rest_[0]);
      SkipSpace();
      if (rest_.empty()) return false;
      if (rest_[0] == '>' || rest_[0] == '/') return true;
      const absl::string_view name = Name();
      if (!has_space || name.empty() || element.attributes.size() == kMaxXmlAttributes) {
        return false;
      }
      if (element.Attribute(name).has_value()) return false;
      SkipSpace();
      if (!Consume("=")) return false;
      SkipSpace();
      XmlAttribute attribute{std::string(name), {}};
      if (!ReadValue(attribute.value)) return false;
      if (name == "xmlns") {
        spaces_.emplace_back("", attribute.value);
      } else if (name.substr(0, 6) == "xmlns:") {
        spaces_.emplace_back(std::string(name.substr(6)), attribute.value);
      }
      if (spaces_.size() > kMaxXmlSpaces) return false;
      element.attributes.push_back(std::move(attribute));
    }
  }

  bool Resolve(absl::string_view name, XmlElement& element) const {
    const size_t colon = name.find(':');
    const absl::string_view prefix =
        colon == absl::string_view::npos ? absl::string_view() : name.substr(0, colon);
    element.name = std::string(colon == absl::string_view::npos ? name : name.substr(colon + 1));
    if (element.name.empty() || element.name.find(':') != std::string::npos) return false;
    const auto found = std::find_if(spaces_.rbegin(), spaces_.rend(),
                                    [&](const auto& space) { return space.first == prefix; });
    if (found != spaces_.rend()) {
      element.space = found->second;
      return true;
    }
    return colon == absl::string_view::npos;  // an undeclared prefix is an error
  }

  bool ReadElement(XmlElement& element, int depth) {
    if (depth == 0 || ++count_ > kMaxXmlElements || !Consume("<")) return false;
    const absl::string_view name = Name();
    const size_t outer_spaces = spaces_.size();
    if (name.empty() || !ReadAttributes(element) || !Resolve(name, element)) return false;
    if (!Consume("/>") && !(Consume(">") && ReadContent(element, name, depth))) return false;
    spaces_.resize(outer_spaces);
    return true;
  }

  // What stands between the tags, and the closing one.
  bool ReadContent(XmlElement& element, absl::string_view name, int depth) {
    while (!rest_.empty()) {
      if (Consume("</")) {
        if (Name() != name) return false;
        SkipSpace();
        return Consume(">");
      }
      if (Consume("<!--")) {
        if (!SkipPast("-->")) return false;
      } else if (Consume("<![CDATA[")) {
        const size_t end = rest_.find("]]>");
        if (end == absl::string_view::npos) return false;
        const absl::string_view data = rest_.substr(0, end);
        if (!std::all_of(data.begin(), data.end(), IsAllowed)) return false;
        element.text.append(data.data(), data.size());
        rest_.remove_prefix(end + 3);
      } else if (rest_[0] == '<') {
        element.children.emplace_back();
        if (!ReadElement(element.children.back(), depth - 1)) return false;
      } else if (!ReadCharacter(element.text)) {
        return false;
      }
    }
    return false;  // not closed
  }

  absl::string_view rest_;
  size_t count_ = 0;
  std::vector<std::pair<std::string, std::string>> spaces_;  // prefix and namespace, in scope
};

}  // namespace

std::optional<absl::string_view> XmlElement::Attribute(absl::string_view wanted) const {
  for (const XmlAttribute& attribute : attributes) {
    if (attribute.name == wanted) return absl::string_view(attribute.value);
  }
  return std::nullopt;
}

const XmlElement* XmlElement::Child(absl::string_view wanted) const {
  for (const XmlElement& child : children) {
    if (child.name == wanted && child.space == space) return &child;
  }
  return nullptr;
}

std::optional<XmlElement> ParseXml(absl::string_view text) { return Reader(text).Run(); }

std::string EscapeXml(absl::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<':
        out.append("&lt;");
        break;
      case '>':
        out.append("&gt;");
        break;
      case '&':
        out.append("&amp;");
        break;
      case '"':
        out.append("&quot;");
        break;
      default:
        if (IsAllowed(c)) out.push_back(c);
    }
  }
  return out;
}

absl::string_view TrimXml(absl::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace tickwire::sip
