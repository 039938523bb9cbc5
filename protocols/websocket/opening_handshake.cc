#include "protocols/websocket/opening_handshake.h"

#include <openssl/sha.h>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace tickwire::websocket {
namespace {

constexpr absl::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // §1.3
constexpr absl::string_view kVersion = "13";

std::string Refusal(absl::string_view status, absl::string_view more = "") {
  return absl::StrCat("HTTP/1.1 ", status, "\r\n", more,
                      "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

// RFC 9110 §5.6.2.
bool IsToken(absl::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (!absl::ascii_isalnum(octet) && !absl::StrContains("!#$%&'*+-.^_`|~", c)) return false;
  }
  return true;
}

}  // namespace

std::string AcceptFor(absl::string_view key) {
  const std::string text = absl::StrCat(key, kGuid);
  unsigned char hash[SHA_DIGEST_LENGTH];
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash);
  return absl::Base64Escape(absl::string_view(reinterpret_cast<const char*>(hash), sizeof hash));
}

std::string MakeRequest(const OpeningRequest& request) {
  std::string text = absl::StrCat(
      "GET ", request.resource, " HTTP/1.1\r\nHost: ", request.host,
      "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ", request.key, "\r\n");
  if (!request.origin.empty()) absl::StrAppend(&text, "Origin: ", request.origin, "\r\n");
  if (!request.subprotocol.empty()) {
    absl::StrAppend(&text, "Sec-WebSocket-Protocol: ", request.subprotocol, "\r\n");
  }
  absl::StrAppend(&text, "Sec-WebSocket-Version: ", kVersion, "\r\n\r\n");
  return text;
}

std::string MakeResponse(absl::string_view key, absl::string_view subprotocol) {
  std::string text = absl::StrCat(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ",
      AcceptFor(key), "\r\n");
  if (!subprotocol.empty()) {
    absl::StrAppend(&text, "Sec-WebSocket-Protocol: ", subprotocol, "\r\n");
  }
  absl::StrAppend(&text, "\r\n");
  return text;
}

std::optional<HttpHead> HttpHead::Parse(absl::string_view text) {
  HttpHead head;
  bool is_first = true;
  for (const absl::string_view line : absl::StrSplit(text, "\r\n")) {
    if (is_first) {
      is_first = false;
      head.start_line_ = std::string(line);
      continue;
    }
    const size_t colon = line.find(':');
    // RFC 9112 §5.1: no space before the colon; §5.2: no folding.
    if (colon == absl::string_view::npos || !IsToken(line.substr(0, colon))) return std::nullopt;
    head.fields_.emplace_back(absl::AsciiStrToLower(line.substr(0, colon)),
                              absl::StripAsciiWhitespace(line.substr(colon + 1)));
  }
  return head;
}

std::optional<std::string> HttpHead::Value(absl::string_view name) const {
  std::optional<std::string> value;
  for (const auto& [field, text] : fields_) {
    if (!absl::EqualsIgnoreCase(field, name)) continue;
    value = value ? absl::StrCat(*value, ",", text) : text;
  }
  return value;
}

bool HttpHead::Lists(absl::string_view name, absl::string_view member) const {
  const std::optional<std::string> value = Value(name);
  if (!value) return false;
  for (const absl::string_view part : absl::StrSplit(*value, ',')) {
    if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(part), member)) return true;
  }
  return false;
}

RequestVerdict JudgeRequest(const std::optional<HttpHead>& head, absl::string_view subprotocol) {
  const auto refuse = [](absl::string_view status, absl::string_view why,
                         absl::string_view more = "") {
    return RequestVerdict{"", Refusal(status, more), std::string(why)};
  };
  constexpr absl::string_view kBad = "400 Bad Request";
  if (!head) return refuse(kBad, "malformed header");
  const std::vector<std::string> words = absl::StrSplit(head->start_line(), ' ');
  if (words.size() != 3) return refuse(kBad, "malformed request line");
  if (words[0] != "GET") return refuse("405 Method Not Allowed", "not GET", "Allow: GET\r\n");
  if (words[2] != "HTTP/1.1") return refuse("505 HTTP Version Not Supported", "not HTTP/1.1");
  if (!head->Value("host")) return refuse(kBad, "no Host");
  if (!head->Lists("upgrade", "websocket") || !head->Lists("connection", "upgrade")) {
    return refuse("426 Upgrade Required", "no upgrade to WebSocket",
                  "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
  }
  if (head->Value("sec-websocket-version") != kVersion) {  // §4.4
    return refuse("426 Upgrade Required", "not version 13",
                  "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
  }
  const std::string key = head->Value("sec-websocket-key").value_or("");
  std::string nonce;
  if (!absl::Base64Unescape(key, &nonce) || nonce.size() != 16) {
    return refuse(kBad, "no key of 16 octets");
  }
  if (!subprotocol.empty() && !head->Lists("sec-websocket-protocol", subprotocol)) {
    return refuse(kBad, absl::StrCat("does not offer the subprotocol '", subprotocol, "'"));
  }
  return {key, "", ""};
}

std::string JudgeResponse(const std::optional<HttpHead>& head, absl::string_view key,
                          absl::string_view subprotocol) {
  if (!head) return "malformed header";
  if (!absl::StartsWith(head->start_line(), "HTTP/1.1 101")) {
    return absl::StrCat("refused: ", head->start_line());
  }
  if (!head->Lists("upgrade", "websocket")) return "no Upgrade: websocket";
  if (!head->Lists("connection", "upgrade")) return "no Connection: Upgrade";
  if (head->Value("sec-websocket-accept") != AcceptFor(key)) return "wrong Sec-WebSocket-Accept";
  if (head->Value("sec-websocket-extensions")) return "an extension that was not asked for";
  const std::string agreed = head->Value("sec-websocket-protocol").value_or("");
  if (agreed != std::string(subprotocol)) {
    return absl::StrCat("the subprotocol is '", agreed, "', not '", subprotocol, "'");
  }
  return "";
}

size_t HeadReader::Append(std::span<const uint8_t> bytes) {
  size_t taken = 0;
  while (taken < bytes.size() && !is_complete_ && text_.size() < limit_) {
    text_.push_back(static_cast<char>(bytes[taken++]));
    is_complete_ = absl::EndsWith(text_, "\r\n\r\n");
  }
  return taken;
}

}  // namespace tickwire::websocket
