// A SIP request or response: one text buffer, an index of its header rows, and typed access.
//
// RFC 3261 §7. Parse() makes one pass that finds the lines and recognises the header names; a value
// is parsed when somebody asks for it with Get<Header>(). Rows that nobody touches are sent exactly
// as they came, unknown headers, order, spelling and folding included.
//
// Views (in headers that Get returns, and from the accessors) point into the message: they are
// valid until it is changed, moved or destroyed. Copying copies the text.
//
// Built messages grow in the same buffer. While headers are only appended, the buffer *is* the wire
// image; other changes leave holes that the next Wire() closes.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_SIP_MESSAGE_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_SIP_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/header_table.h"
#include "protocols/sip/message/method.h"
#include "protocols/sip/message/small_list.h"
#include "protocols/sip/message/violation.h"

namespace tickwire::sip {

struct ParseResult;

class SipMessage {
 public:
  // Never fails: keeps all that was readable, so that a 400 can be built, and reports what was not.
  // Reads one message as from a datagram (§18.3): octets behind Content-Length are dropped.
  static ParseResult Parse(std::string text);

  static SipMessage Request(absl::string_view method, absl::string_view uri);
  // An empty reason means the default phrase. REQUIRES: 100 <= status <= 699.
  static SipMessage Response(int status, absl::string_view reason = {});

  // Start line. Of a damaged one, what could be read; the rest is empty or 0.
  bool is_request() const { return status_ < 0; }
  bool is_response() const { return status_ >= 0; }
  absl::string_view start_line() const { return View(start_line_); }
  absl::string_view version() const { return View(version_); }  // "SIP/2.0"
  Method method() const { return method_; }                     // kOther in a response
  absl::string_view method_name() const {
    return is_request() ? View(first_) : absl::string_view();
  }
  absl::string_view request_uri() const {
    return is_request() ? View(second_) : absl::string_view();
  }
  int status() const { return is_response() ? status_ : 0; }
  absl::string_view reason() const { return is_response() ? View(second_) : absl::string_view(); }
  void SetRequestUri(absl::string_view uri);  // REQUIRES: is_request()

  // First value of that header; nothing when absent or malformed.
  template <class Header>
  std::optional<Header> Get() const;
  // All values, those of comma lists apart, in order; malformed ones are left out.
  template <class Header>
  std::vector<Header> GetAll() const;
  // Whether there is a row of that header at all, well-formed or not.
  template <class Header>
  bool Has() const {
    return FindRow(IdOf<Header>()) != kNoRow;
  }
  // The only value from now on: takes the place of the first row, removes further ones.
  template <class Header>
  void Set(const Header& header);
  // A new row behind all others.
  template <class Header>
  void Add(const Header& header);
  // A new row in front of the first of its kind (Via, Record-Route of a proxy), or of all rows.
  template <class Header>
  void Prepend(const Header& header);
  // A new row behind the last one of Anchor, or in front of all rows when there is none.
  template <class Anchor, class Header>
  void AddBehind(const Header& header);
  // Replaces the first value and leaves the others of its comma list alone (received, rport).
  template <class Header>
  void ReplaceFirst(const Header& header);
  // Removes the first value; its row too when it was the only one.
  template <class Header>
  void RemoveFirst();
  template <class Header>
  void Remove() {
    RemoveRows(IdOf<Header>());
  }
  // A row as text, for headers that have no type and for damaged ones.
  void AddRaw(absl::string_view name, absl::string_view value);

  // Rows as they stand, in order.
  struct Row {
    HeaderId id;              // kOther when unknown
    absl::string_view name;   // as written
    absl::string_view value;  // as written, without the white space around it; may be folded
    uint32_t offset;          // of the name in text()
    uint32_t value_offset;
  };
  size_t row_count() const { return rows_.size(); }
  Row row(size_t index) const;
  // First row of that header as text.
  template <class Header>
  std::optional<absl::string_view> GetRaw() const;

  absl::string_view body() const { return View(body_); }
  // Sets the body with Content-Type and Content-Length. An empty body has no Content-Type.
  void SetBody(absl::string_view content_type, absl::string_view body);

  // The octets to send, without a copy; valid until the next change. Closes holes first.
  absl::string_view Wire();
  std::string Serialize() const;
  // The same octets, taken out of a message that is not needed any more.
  std::string TakeWire() &&;
  // The buffer that offsets of rows and violations refer to.
  absl::string_view text() const { return text_; }

 private:
  static constexpr size_t kNoRow = static_cast<size_t>(-1);
  // kOpen: the buffer holds start line and rows in order, without the blank line.
  // kExact: the buffer is the wire image. kScattered: rows and body point into the buffer anyhow.
  enum class Layout : uint8_t { kOpen, kExact, kScattered };

  struct Span {
    uint32_t offset = 0;
    uint32_t length = 0;
  };
  struct RowSpan {
    uint32_t offset;  // of the name
    uint32_t length;  // of the whole row without its line end
    uint32_t value_offset;
    uint32_t value_length;
    uint16_t name_length;
    HeaderId id;
  };
  class Parser;

  SipMessage() = default;
  absl::string_view View(Span span) const {
    return absl::string_view(text_).substr(span.offset, span.length);
  }
  absl::string_view ValueOf(const RowSpan& row) const {
    return absl::string_view(text_).substr(row.value_offset, row.value_length);
  }
  size_t FindRow(HeaderId id) const {
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].id == id) return i;
    }
    return kNoRow;
  }
  // "Name: " at the end of the buffer; the caller appends the value, then calls EndRow.
  RowSpan BeginRow(HeaderId id, absl::string_view name);
  void EndRow(RowSpan& row);
  template <class Header>
  RowSpan MakeRow(const Header& header) {
    RowSpan row = BeginRow(IdOf<Header>(), Header::kName);
    header.AppendTo(text_);
    EndRow(row);
    return row;
  }
  void PutRow(size_t index, const RowSpan& row);  // replaces
  void InsertRow(size_t index, const RowSpan& row);
  void RemoveRows(HeaderId id, size_t from = 0);
  // Makes the first row's list start with `first` (nothing: without its first value).
  void ReplaceFirstRow(HeaderId id, std::optional<absl::string_view> first);
  void AppendImage(std::string& out) const;
  void Rebuild();

  std::string text_;
  Span start_line_, version_;
  Span first_;   // method
  Span second_;  // Request-URI or reason
  Span body_;
  int16_t status_ = -1;  // -1: request
  Method method_ = Method::kOther;
  Layout layout_ = Layout::kOpen;
  SmallList<RowSpan, 20> rows_;
};

struct ParseResult {
  SipMessage message;
  Violations violations;  // in order of discovery; empty for a message that §7 allows
};

// The first element of a comma list, and the rest behind the comma in `rest` (RFC 3261 §7.3.1).
// Commas in quotes and angle brackets do not count.
absl::string_view TakeListElement(absl::string_view value, absl::string_view& rest);

template <class Header>
std::optional<Header> SipMessage::Get() const {
  const size_t index = FindRow(IdOf<Header>());
  if (index == kNoRow) return std::nullopt;
  const absl::string_view value = ValueOf(rows_[index]);
  if constexpr (Header::kIsList) {
    absl::string_view rest;
    return Header::Parse(TakeListElement(value, rest));
  } else {
    return Header::Parse(value);
  }
}

template <class Header>
std::vector<Header> SipMessage::GetAll() const {
  std::vector<Header> all;
  for (const RowSpan& row : rows_) {
    if (row.id != IdOf<Header>()) continue;
    absl::string_view rest = ValueOf(row);
    while (!rest.empty()) {
      const absl::string_view element = Header::kIsList ? TakeListElement(rest, rest) : rest;
      if (!Header::kIsList) rest = {};
      std::optional<Header> parsed = Header::Parse(element);
      if (parsed.has_value()) all.push_back(std::move(*parsed));
    }
  }
  return all;
}

template <class Header>
std::optional<absl::string_view> SipMessage::GetRaw() const {
  const size_t index = FindRow(IdOf<Header>());
  if (index == kNoRow) return std::nullopt;
  return ValueOf(rows_[index]);
}

template <class Header>
void SipMessage::Set(const Header& header) {
  const size_t index = FindRow(IdOf<Header>());
  if (index == kNoRow) {
    Add(header);
    return;
  }
  std::string value;  // `header` may view into text_
  header.AppendTo(value);
  RowSpan row = BeginRow(IdOf<Header>(), Header::kName);
  text_.append(value);
  EndRow(row);
  PutRow(index, row);
  RemoveRows(IdOf<Header>(), index + 1);
}

template <class Header>
void SipMessage::Add(const Header& header) {
  InsertRow(rows_.size(), MakeRow(header));
}

template <class Header>
void SipMessage::Prepend(const Header& header) {
  const size_t index = FindRow(IdOf<Header>());
  InsertRow(index == kNoRow ? 0 : index, MakeRow(header));
}

template <class Anchor, class Header>
void SipMessage::AddBehind(const Header& header) {
  size_t index = 0;
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].id == IdOf<Anchor>()) index = i + 1;
  }
  InsertRow(index, MakeRow(header));
}

template <class Header>
void SipMessage::ReplaceFirst(const Header& header) {
  std::string value;
  header.AppendTo(value);
  ReplaceFirstRow(IdOf<Header>(), value);
}

template <class Header>
void SipMessage::RemoveFirst() {
  ReplaceFirstRow(IdOf<Header>(), std::nullopt);
}

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_SIP_MESSAGE_H_
