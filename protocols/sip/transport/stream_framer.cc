#include "protocols/sip/transport/stream_framer.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace tickwire::sip {
namespace {

constexpr TraceLabel kHeadTooLong{"head of a message too long", "RFC 3261 18.3: our limit"};
constexpr TraceLabel kBodyTooLong{"Content-Length too large", "RFC 3261 18.3: our limit"};
constexpr TraceLabel kNoLength{"no Content-Length in a stream", "RFC 3261 18.3, 20.14"};
constexpr TraceLabel kBadLength{"Content-Length that is no number", "RFC 3261 20.14"};
constexpr TraceLabel kTwoLengths{"Content-Length twice", "RFC 3261 7.3.1: and which one counts?"};

// The size of the head with its empty line; npos: it is not all there. A bare LF ends a line too,
// as the parser has it. `from`: no such end begins before.
size_t FindHeadEnd(absl::string_view text, size_t from) {
  for (size_t at = text.find('\n', from); at != absl::string_view::npos;
       at = text.find('\n', at + 1)) {
    const absl::string_view rest = text.substr(at + 1);
    if (absl::StartsWith(rest, "\n")) return at + 2;
    if (absl::StartsWith(rest, "\r\n")) return at + 3;
  }
  return absl::string_view::npos;
}

// The name of a header row in lower case fits, and a colon follows.
bool IsRowOf(absl::string_view row, absl::string_view name, absl::string_view* value) {
  if (!absl::StartsWithIgnoreCase(row, name)) return false;
  row = absl::StripLeadingAsciiWhitespace(row.substr(name.size()));
  if (!absl::StartsWith(row, ":")) return false;
  *value = absl::StripAsciiWhitespace(row.substr(1));
  return true;
}

// §7.3.1: a row goes on in the next line when that begins with white space. Takes it from `rows`.
absl::string_view TakeContinuation(absl::string_view& rows) {
  if (!absl::StartsWith(rows, " ") && !absl::StartsWith(rows, "\t")) return {};
  const size_t end = rows.find('\n');
  const absl::string_view line = rows.substr(0, end);
  rows.remove_prefix(end == absl::string_view::npos ? rows.size() : end + 1);
  return absl::StripAsciiWhitespace(line);
}

// `limit` + 1 for whatever is more than that; none: no number.
std::optional<size_t> ReadLength(absl::string_view digits, size_t limit) {
  if (digits.empty()) return std::nullopt;
  size_t value = 0;
  for (const char digit : digits) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(digit))) return std::nullopt;
    value = std::min(value * 10 + static_cast<size_t>(digit - '0'), limit + 1);
  }
  return value;
}

}  // namespace

bool StreamFramer::IsTooLong(const TraceLabel& why) {
  return &why == &kHeadTooLong || &why == &kBodyTooLong;
}

// Ignores line ends before a start-line (§7.5). True if it took any.
bool StreamFramer::SkipLineEnds(Sink& sink) {
  const absl::string_view rest = Rest();
  size_t size = 0;
  while (size < rest.size() && (rest[size] == '\r' || rest[size] == '\n')) ++size;
  if (size == 0) return false;
  const auto feeds =
      std::count(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(size), '\n');
  begin_ += size;
  for (auto pings = feeds / 2; pings > 0; --pings) sink.OnPing();
  return true;
}

size_t StreamFramer::NextSize(const TraceLabel** why) {
  const absl::string_view rest = Rest();
  if (size_ == 0) {
    const size_t head = FindHeadEnd(rest, scanned_);
    if (head == absl::string_view::npos || head > limits_.head) {
      if (rest.size() > limits_.head) *why = &kHeadTooLong;
      scanned_ = rest.size() < 3 ? 0 : rest.size() - 3;  // an end may have begun there
      return 0;
    }
    std::optional<size_t> length;
    for (absl::string_view rows = rest.substr(0, head); !rows.empty();) {
      const size_t end = rows.find('\n');
      absl::string_view value;
      const absl::string_view row = rows.substr(0, end);
      rows.remove_prefix(end == absl::string_view::npos ? rows.size() : end + 1);
      if (!IsRowOf(row, "content-length", &value) && !IsRowOf(row, "l", &value)) continue;
      if (value.empty()) value = TakeContinuation(rows);
      if (length) *why = &kTwoLengths;
      length = ReadLength(value, limits_.body);
      if (!length) *why = &kBadLength;
      if (*why != nullptr) return 0;
    }
    if (!length) *why = &kNoLength;
    if (length && *length > limits_.body) *why = &kBodyTooLong;
    if (*why != nullptr) return 0;
    size_ = head + *length;
  }
  return size_ <= rest.size() ? size_ : 0;
}

const TraceLabel* StreamFramer::Feed(absl::string_view bytes, Sink& sink) {
  if (broken_ != nullptr) return broken_;
  buffer_.append(bytes.data(), bytes.size());
  for (;;) {
    if (size_ == 0 && scanned_ == 0) SkipLineEnds(sink);
    const size_t size = NextSize(&broken_);
    if (broken_ != nullptr) {
      const absl::string_view rest = Rest();
      const size_t head = FindHeadEnd(rest, 0);
      buffer_ = head > limits_.head ? std::string() : std::string(rest.substr(0, head));
      begin_ = 0;
      return broken_;
    }
    if (size == 0) break;
    const absl::string_view message = Rest().substr(0, size);
    begin_ += size;
    size_ = scanned_ = 0;
    if (!sink.OnMessage(message)) return nullptr;  // this may be gone
  }
  buffer_.erase(0, begin_);
  begin_ = 0;
  return nullptr;
}

}  // namespace tickwire::sip
