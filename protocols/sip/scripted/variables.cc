#include "protocols/sip/scripted/variables.h"

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/scanner.h"

namespace tickwire::sip {
namespace {

std::string Text(std::optional<absl::string_view> text) {
  return std::string(text.value_or(absl::string_view()));
}

template <class Header>
std::string UriOf(const SipMessage& message) {
  const std::optional<Header> header = message.Get<Header>();
  return header.has_value() ? std::string(header->uri) : std::string();
}

template <class Header>
std::string TagOf(const SipMessage& message) {
  const std::optional<Header> header = message.Get<Header>();
  return header.has_value() ? Text(header->tag()) : std::string();
}

std::string FirstRow(const SipMessage& message, absl::string_view name) {
  const HeaderId id = FindHeader(name);
  for (size_t i = 0; i < message.row_count(); ++i) {
    const SipMessage::Row row = message.row(i);
    const bool is_it = id == HeaderId::kOther ? EqualsIgnoreCase(row.name, name) : row.id == id;
    if (is_it) return std::string(row.value);
  }
  return {};
}

}  // namespace

std::optional<std::string> MessageVariable(const SipMessage& message, absl::string_view field) {
  constexpr absl::string_view kHeaderPrefix = "header.";
  if (field.substr(0, kHeaderPrefix.size()) == kHeaderPrefix) {
    return FirstRow(message, field.substr(kHeaderPrefix.size()));
  }
  const std::optional<CSeq> cseq = message.Get<CSeq>();
  const std::optional<Via> via = message.Get<Via>();
  if (field == "call_id") return Text(message.GetRaw<CallId>());
  if (field == "cseq") return cseq.has_value() ? absl::StrCat(cseq->number) : std::string();
  if (field == "cseq_method") return cseq.has_value() ? std::string(cseq->method) : std::string();
  if (field == "method") return std::string(message.method_name());
  if (field == "status") return absl::StrCat(message.status());
  if (field == "reason") return std::string(message.reason());
  if (field == "request_uri") return std::string(message.request_uri());
  if (field == "from") return Text(message.GetRaw<From>());
  if (field == "from_tag") return TagOf<From>(message);
  if (field == "to") return Text(message.GetRaw<To>());
  if (field == "to_tag") return TagOf<To>(message);
  if (field == "contact") return UriOf<Contact>(message);
  if (field == "body") return std::string(message.body());
  if (field == "branch") return via.has_value() ? Text(via->branch()) : std::string();
  if (field == "via") {
    std::string text;
    if (via.has_value()) via->AppendTo(text);
    return text;
  }
  return std::nullopt;
}

bool Substitute(absl::string_view text,
                const std::function<std::optional<std::string>(absl::string_view)>& look_up,
                std::string& out) {
  bool is_known = true;
  while (!text.empty()) {
    const size_t at = text.find("${");
    if (at == absl::string_view::npos) break;
    if (at > 0 && text[at - 1] == '$') {  // "$${"
      absl::StrAppend(&out, text.substr(0, at - 1), "${");
      text.remove_prefix(at + 2);
      continue;
    }
    const size_t end = text.find('}', at);
    if (end == absl::string_view::npos) {
      is_known = false;
      break;
    }
    absl::StrAppend(&out, text.substr(0, at));
    const std::optional<std::string> value = look_up(text.substr(at + 2, end - at - 2));
    if (value.has_value()) {
      out.append(*value);
    } else {
      is_known = false;
    }
    text.remove_prefix(end + 1);
  }
  absl::StrAppend(&out, text);
  return is_known;
}

}  // namespace tickwire::sip
