// The opening handshake (RFC 6455 §4): a request and a response of HTTP/1.1, and what both sides
// check in them.
#ifndef TICKWIRE_PROTOCOLS_WEBSOCKET_OPENING_HANDSHAKE_H_
#define TICKWIRE_PROTOCOLS_WEBSOCKET_OPENING_HANDSHAKE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace tickwire::websocket {

// §4.2.2, step 5: base64 of SHA-1 of the key and the GUID of the RFC.
std::string AcceptFor(absl::string_view key);

struct OpeningRequest {
  std::string resource = "/";
  std::string host;
  std::string key;  // base64 of 16 octets
  std::string origin;
  std::string subprotocol;
};
std::string MakeRequest(const OpeningRequest& request);
std::string MakeResponse(absl::string_view key, absl::string_view subprotocol);

// Start-line and header fields of a message of HTTP/1.1 (RFC 9112 §2.1), without the empty line.
class HttpHead {
 public:
  // Nothing: malformed.
  static std::optional<HttpHead> Parse(absl::string_view text);
  const std::string& start_line() const { return start_line_; }
  // All values of a field, in order, joined by commas; nothing if there is none.
  std::optional<std::string> Value(absl::string_view name) const;
  // Whether the list that the field is has this member, without regard to case.
  bool Lists(absl::string_view name, absl::string_view member) const;

 private:
  std::string start_line_;
  std::vector<std::pair<std::string, std::string>> fields_;  // names in lower case
};

// A server's judgement of a request (§4.2.1).
struct RequestVerdict {
  std::string key;      // of a good one
  std::string refusal;  // else: the whole response, and in short what was wrong
  std::string why;
};
// `subprotocol`: what the request must offer (RFC 7118 §4.1); empty: whatever.
// MODEL: any resource is served, from any origin.
RequestVerdict JudgeRequest(const std::optional<HttpHead>& head, absl::string_view subprotocol);
// A client's judgement of the response (§4.1): empty, or what is wrong with it.
std::string JudgeResponse(const std::optional<HttpHead>& head, absl::string_view key,
                          absl::string_view subprotocol);

// Collects a head up to its empty line, whichever way the stream was cut.
class HeadReader {
 public:
  explicit HeadReader(size_t limit) : limit_(limit) {}
  // How much of `bytes` belongs to the head.
  size_t Append(std::span<const uint8_t> bytes);
  bool is_complete() const { return is_complete_; }
  bool is_too_long() const { return !is_complete_ && text_.size() >= limit_; }
  // Without the empty line.
  absl::string_view text() const {
    return absl::string_view(text_).substr(0, text_.size() - (is_complete_ ? 4 : 0));
  }

 private:
  const size_t limit_;
  std::string text_;
  bool is_complete_ = false;
};

}  // namespace tickwire::websocket

#endif  // TICKWIRE_PROTOCOLS_WEBSOCKET_OPENING_HANDSHAKE_H_
