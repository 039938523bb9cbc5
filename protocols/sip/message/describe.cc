#include "protocols/sip/message/describe.h"

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/status_code.h"

namespace tickwire::sip {
namespace {

// One line of printable text: folding as a space, other control characters as "\xHH".
std::string Printable(absl::string_view text) {
  const std::string line = Unfold(text);
  std::string out;
  for (const char c : line) {
    const auto octet = static_cast<uint8_t>(c);
    if (octet < 0x20 || octet == 0x7f) {
      absl::StrAppend(&out, "\\x", absl::Hex(octet, absl::kZeroPad2));
    } else {
      out.push_back(c);
    }
  }
  return out;
}

class TreeWriter {
 public:
  explicit TreeWriter(const SipMessage& message) : message_(message) {}

  std::vector<TreeLine> Run() {
    if (message_.is_request()) {
      Part(0, absl::StrCat("Request-Line: ", message_.start_line()), message_.start_line());
      Part(1, absl::StrCat("Method: ", message_.method_name()), message_.method_name());
      Uri(1, "Request-URI", message_.request_uri());
    } else {
      Part(0, absl::StrCat("Status-Line: ", message_.start_line()), message_.start_line());
      Part(1,
           absl::StrCat("Status: ", message_.status(), " (", ReasonPhrase(message_.status()), ")"),
           message_.start_line());
      if (!message_.reason().empty()) {
        Part(1, absl::StrCat("Reason-Phrase: ", message_.reason()), message_.reason());
      }
    }
    Part(1, absl::StrCat("SIP-Version: ", message_.version()), message_.version());
    for (size_t i = 0; i < message_.row_count(); ++i) HeaderRow(message_.row(i));
    if (!message_.body().empty()) BodyLines();
    return std::move(lines_);
  }

 private:
  void Part(int depth, const std::string& text, absl::string_view octets) {
    const bool is_ours = octets.data() >= message_.text().data() &&
                         octets.data() <= message_.text().data() + message_.text().size();
    const auto offset =
        is_ours ? static_cast<uint32_t>(octets.data() - message_.text().data()) : 0u;
    lines_.push_back(
        {depth, Printable(text), offset, is_ours ? static_cast<uint32_t>(octets.size()) : 0u});
  }

  void HeaderRow(const SipMessage::Row& row) {
    const absl::string_view octets =
        message_.text().substr(row.offset, row.value_offset + row.value.size() - row.offset);
    if (row.name.empty()) {
      Part(0, absl::StrCat("(not a header row) ", row.value), octets);
      return;
    }
    const bool is_known = row.id != HeaderId::kOther;
    const absl::string_view name = is_known ? InfoOf(row.id).name : row.name;
    Part(0, absl::StrCat(name, ": ", row.value, is_known ? "" : "  (unknown header)"), octets);
    if (!is_known) return;
    absl::string_view rest = row.value;
    do {
      const bool is_list = InfoOf(row.id).is_list;
      const absl::string_view element = is_list ? TakeListElement(rest, rest) : rest;
      if (!is_list) rest = {};
      Value(row.id, element);
    } while (!rest.empty());
  }

  void Value(HeaderId id, absl::string_view value) {
    if (!value.empty() && !InfoOf(id).is_valid(value)) {
      Part(1, "(malformed)", value);
    } else if (id == IdOf<Via>()) {
      ViaParts(value);
    } else if (InfoOf(id).is_address) {
      AddressParts(value);
    } else if (id == IdOf<CSeq>()) {
      const std::optional<CSeq> cseq = CSeq::Parse(value);
      if (!cseq.has_value()) return;
      Part(1, absl::StrCat("Sequence Number: ", cseq->number), value);
      Part(1, absl::StrCat("Method: ", cseq->method), cseq->method);
    }
  }

  void ViaParts(absl::string_view value) {
    const std::optional<Via> via = Via::Parse(value);
    if (!via.has_value()) return;
    Part(1, absl::StrCat("Transport: ", via->transport), via->transport);
    Part(1,
         absl::StrCat("Sent-by: ", via->host, via->port.has_value() ? ":" : "",
                      via->port.has_value() ? absl::StrCat(*via->port) : ""),
         via->host);
    ParamParts(via->params);
  }

  void AddressParts(absl::string_view value) {
    const std::optional<Contact> address = Contact::Parse(value);
    if (!address.has_value()) return;
    if (!address->display_name.empty()) {
      Part(1, absl::StrCat("Display Name: ", Unquote(address->display_name)),
           address->display_name);
    }
    if (!address->is_star()) Uri(1, "URI", address->uri);
    ParamParts(address->params);
  }

  void ParamParts(const Params& params) {
    for (const Param& param : params) {
      Part(1, absl::StrCat("Parameter ", param.name, param.value.empty() ? "" : ": ", param.value),
           param.name);
    }
  }

  void Uri(int depth, absl::string_view label, absl::string_view text) {
    Part(depth, absl::StrCat(label, ": ", text), text);
    const std::optional<SipUri> uri = SipUri::Parse(text);
    if (!uri.has_value()) return;
    if (!uri->user.empty()) Part(depth + 1, absl::StrCat("User: ", uri->user), uri->user);
    Part(depth + 1, absl::StrCat("Host: ", uri->host), uri->host);
    if (uri->port.has_value()) Part(depth + 1, absl::StrCat("Port: ", *uri->port), uri->host);
    if (!uri->params.empty()) {
      Part(depth + 1, absl::StrCat("Parameters: ", uri->params), uri->params);
    }
    if (!uri->headers.empty()) {
      Part(depth + 1, absl::StrCat("Headers: ", uri->headers), uri->headers);
    }
  }

  void BodyLines() {
    absl::string_view rest = message_.body();
    Part(0, absl::StrCat("Body: ", rest.size(), " octets"), rest);
    constexpr size_t kMaxBodyLines = 1000;
    for (size_t i = 0; i < kMaxBodyLines && !rest.empty(); ++i) {
      const size_t feed = rest.find('\n');
      absl::string_view line = rest.substr(0, feed);
      rest = feed == absl::string_view::npos ? absl::string_view() : rest.substr(feed + 1);
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      Part(1, std::string(line), line);
    }
  }

  const SipMessage& message_;
  std::vector<TreeLine> lines_;
};

}  // namespace

std::vector<TreeLine> DescribeTree(const SipMessage& message) { return TreeWriter(message).Run(); }

}  // namespace tickwire::sip
