#include "protocols/sip/message/params.h"

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/limits.h"

namespace tickwire::sip {

bool Params::ParseFrom(Scanner& scanner) {
  while (scanner.ConsumeSeparator(';')) {
    if (list_.size() == kMaxParams) return false;
    Param param{.name = scanner.Token(), .value = {}};
    if (param.name.empty()) return false;
    if (scanner.ConsumeSeparator('=')) {
      if (scanner.Peek() == '"') {
        const std::optional<absl::string_view> quoted = scanner.QuotedString();
        if (!quoted.has_value()) return false;
        param.value = *quoted;
      } else {
        param.value = scanner.TakeWhile(kParamValueChar);
        if (param.value.empty()) return false;
      }
    }
    list_.push_back(param);
  }
  return true;
}

std::optional<absl::string_view> Params::Find(absl::string_view name) const {
  for (const Param& param : list_) {
    if (EqualsIgnoreCase(param.name, name)) return param.value;
  }
  return std::nullopt;
}

void Params::Set(absl::string_view name, absl::string_view value) {
  for (Param& param : list_) {
    if (EqualsIgnoreCase(param.name, name)) {
      param.value = value;
      return;
    }
  }
  list_.push_back({name, value});
}

void Params::AppendTo(std::string& out) const {
  for (const Param& param : list_) {
    out.push_back(';');
    out.append(param.name.data(), param.name.size());
    if (!param.value.empty()) {
      out.push_back('=');
      out.append(param.value.data(), param.value.size());
    }
  }
}

std::string Unquote(absl::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string out;
  const absl::string_view inside = text.substr(1, text.size() - 2);
  for (size_t i = 0; i < inside.size(); ++i) {
    if (inside[i] == '\\' && i + 1 < inside.size()) {
      out.push_back(inside[++i]);
    } else if (inside[i] == '\r' || inside[i] == '\n') {
      // Folding: one space for the line end and the white space of the next line.
      while (i + 1 < inside.size() && IsIn(inside[i + 1], kLwsChar)) ++i;
      out.push_back(' ');
    } else {
      out.push_back(inside[i]);
    }
  }
  return out;
}

std::string Quote(absl::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (c == '\r' || c == '\n') continue;  // cannot be escaped (§25.1)
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

}  // namespace tickwire::sip
