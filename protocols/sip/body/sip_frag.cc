#include "protocols/sip/body/sip_frag.h"

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/scanner.h"
#include "protocols/sip/message/status_code.h"

namespace tickwire::sip {
namespace {

// SIP/2.0 SP 3DIGIT SP reason
bool ReadStatusLine(absl::string_view line, SipFrag& frag) {
  if (line.size() < 12 || !EqualsIgnoreCase(line.substr(0, 8), "SIP/2.0 ") || line[11] != ' ') {
    return false;
  }
  const std::optional<uint64_t> status = ParseDecimal(line.substr(8, 3), 699);
  if (!status.has_value() || *status < 100) return false;
  frag.status = static_cast<int>(*status);
  frag.reason = line.substr(12);
  return true;
}

// token SP URI SP SIP/2.0
bool ReadRequestLine(absl::string_view line, SipFrag& frag) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == absl::string_view::npos || last <= first + 1) return false;
  Scanner method(line.substr(0, first));
  if (method.Token().empty() || !method.at_end()) return false;
  if (!EqualsIgnoreCase(line.substr(last + 1), "SIP/2.0")) return false;
  frag.method = line.substr(0, first);
  return true;
}

bool IsHeaderLine(absl::string_view line) {
  Scanner scanner(line);
  if (scanner.Token().empty()) return false;
  scanner.SkipLws();
  return scanner.Consume(':');
}

}  // namespace

std::optional<SipFrag> SipFrag::Parse(absl::string_view text) {
  SipFrag frag;
  absl::string_view rest = text;
  bool is_first = true;
  const char* headers_begin = text.data();
  while (!rest.empty()) {
    const size_t end = rest.find("\r\n");
    const absl::string_view line = rest.substr(0, end);
    if (line.empty()) {  // the empty line before a body
      frag.body = rest.substr(2);
      break;
    }
    const bool is_start = is_first && (ReadStatusLine(line, frag) || ReadRequestLine(line, frag));
    const bool is_folded = !is_first && (line[0] == ' ' || line[0] == '\t');
    if (!is_start && !is_folded && !IsHeaderLine(line)) return std::nullopt;
    rest = end == absl::string_view::npos ? absl::string_view(rest.data() + rest.size(), 0)
                                          : rest.substr(end + 2);
    if (is_start) headers_begin = rest.data();
    is_first = false;
  }
  const char* const headers_end = rest.empty() ? text.data() + text.size() : rest.data();
  frag.headers = {headers_begin, static_cast<size_t>(headers_end - headers_begin)};
  return frag;
}

std::string MakeStatusFrag(int status, absl::string_view reason) {
  if (reason.empty()) reason = ReasonPhrase(status);
  return absl::StrCat("SIP/2.0 ", status, " ", reason, "\r\n");
}

}  // namespace tickwire::sip
