#include "protocols/sip/message/uri_headers.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/char_class.h"
#include "protocols/sip/message/scanner.h"

namespace tickwire::sip {
namespace {

// §19.1.5: headers of identity and routing, then those that advertise location or abilities, and
// those that the transport layer owns.
constexpr absl::string_view kDangerous[] = {"From",
                                            "Call-ID",
                                            "CSeq",
                                            "Via",
                                            "Record-Route",
                                            "Route",
                                            "To",
                                            "Max-Forwards",
                                            "Accept",
                                            "Accept-Encoding",
                                            "Accept-Language",
                                            "Allow",
                                            "Contact",
                                            "Organization",
                                            "Supported",
                                            "User-Agent",
                                            "Content-Length",
                                            "Date",
                                            "Timestamp"};

// A value with line ends would break the message that it is put into.
bool IsOneLine(absl::string_view text) {
  return text.find_first_of(absl::string_view("\r\n\0", 3)) == absl::string_view::npos;
}

}  // namespace

std::string Unescape(absl::string_view text) {
  const auto hex = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && text.size() - i >= 3 && IsIn(text[i + 1], kHexChar) &&
        IsIn(text[i + 2], kHexChar)) {
      out.push_back(static_cast<char>(hex(text[i + 1]) << 4 | hex(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string EscapeHeaderValue(absl::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (IsIn(c, kUriHeaderChar)) {
      out.push_back(c);
    } else {
      const auto octet = static_cast<uint8_t>(c);
      out.push_back('%');
      out.push_back(kDigits[octet >> 4]);
      out.push_back(kDigits[octet & 15]);
    }
  }
  return out;
}

std::vector<UriHeader> HeadersOf(const SipUri& uri) {
  std::vector<UriHeader> all;
  absl::string_view rest = uri.headers;
  while (!rest.empty()) {
    rest.remove_prefix(1);  // "?" or "&"
    const size_t end = std::min(rest.find('&'), rest.size());
    const absl::string_view part = rest.substr(0, end);
    rest.remove_prefix(end);
    const size_t equals = std::min(part.find('='), part.size());
    all.push_back({Unescape(part.substr(0, equals)),
                   Unescape(part.substr(std::min(equals + 1, part.size())))});
  }
  return all;
}

std::optional<std::string> HeaderOf(const SipUri& uri, absl::string_view name) {
  for (UriHeader& header : HeadersOf(uri)) {
    if (EqualsIgnoreCase(header.name, name)) return std::move(header.value);
  }
  return std::nullopt;
}

std::string RequestUriOf(const SipUri& uri) {
  std::string params;
  absl::string_view rest = uri.params;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(';', 1), rest.size());
    const absl::string_view part = rest.substr(0, end);
    rest.remove_prefix(end);
    if (!EqualsIgnoreCase(part.substr(1, part.find('=') - 1), "method")) {
      absl::StrAppend(&params, part);
    }
  }
  SipUri plain = uri;
  plain.headers = {};
  plain.params = params;
  return plain.ToString();
}

std::string MethodOf(const SipUri& uri) {
  const std::optional<absl::string_view> method = uri.Param("method");
  return method.has_value() && !method->empty() ? std::string(*method) : "INVITE";
}

bool IsDangerousInUri(absl::string_view name) {
  const HeaderId id = FindHeader(name);
  const absl::string_view full = id == HeaderId::kOther ? name : InfoOf(id).name;
  return std::any_of(std::begin(kDangerous), std::end(kDangerous),
                     [&](absl::string_view other) { return EqualsIgnoreCase(full, other); });
}

void AddUriHeaders(SipMessage& request, const SipUri& uri) {
  std::string body;
  std::string content_type;
  for (const UriHeader& header : HeadersOf(uri)) {
    Scanner name(header.name);
    if (name.Token().empty() || !name.at_end() || IsDangerousInUri(header.name)) continue;
    if (EqualsIgnoreCase(header.name, "body")) {
      body = header.value;
    } else if (FindHeader(header.name) == IdOf<ContentType>()) {
      content_type = header.value;
    } else if (IsOneLine(header.value)) {
      request.AddRaw(header.name, header.value);
    }
  }
  if (!body.empty()) request.SetBody(content_type.empty() ? "text/plain" : content_type, body);
}

}  // namespace tickwire::sip
