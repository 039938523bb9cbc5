#include "protocols/sip/message/sip_message.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/limits.h"
#include "protocols/sip/message/status_code.h"
#include "sim_core/base/check.h"

namespace tickwire::sip {

absl::string_view TakeListElement(absl::string_view value, absl::string_view& rest) {
  // Nearly always there is one element only.
  if (value.empty() || std::memchr(value.data(), ',', value.size()) == nullptr) {
    rest = {};
    return TrimLws(value);
  }
  bool in_quotes = false;
  bool in_brackets = false;
  size_t i = 0;
  for (; i < value.size(); ++i) {
    const char c = value[i];
    if (in_quotes) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_quotes = false;
      }
    } else if (c == '"') {
      in_quotes = true;
    } else if (c == '<') {
      in_brackets = true;
    } else if (c == '>') {
      in_brackets = false;
    } else if (c == ',' && !in_brackets) {
      break;
    }
  }
  const size_t end = i < value.size() ? i : value.size();
  rest = end < value.size() ? value.substr(end + 1) : absl::string_view();
  return TrimLws(value.substr(0, end));
}

SipMessage SipMessage::Request(absl::string_view method, absl::string_view uri) {
  SipMessage message;
  message.text_.reserve(768);
  absl::StrAppend(&message.text_, method, " ", uri, " SIP/2.0\r\n");
  const auto method_size = static_cast<uint32_t>(method.size());
  const auto uri_size = static_cast<uint32_t>(uri.size());
  message.first_ = {0, method_size};
  message.second_ = {method_size + 1, uri_size};
  message.version_ = {method_size + uri_size + 2, 7};
  message.start_line_ = {0, method_size + uri_size + 9};
  message.method_ = ParseMethod(method);
  return message;
}

SipMessage SipMessage::Response(int status, absl::string_view reason) {
  TW_CHECK(status >= 100 && status <= 699);
  if (reason.empty()) reason = ReasonPhrase(status);
  SipMessage message;
  message.text_.reserve(512);
  absl::StrAppend(&message.text_, "SIP/2.0 ", status, " ", reason, "\r\n");
  message.version_ = {0, 7};
  message.first_ = {8, 3};
  message.second_ = {12, static_cast<uint32_t>(reason.size())};
  message.start_line_ = {0, static_cast<uint32_t>(reason.size()) + 12};
  message.status_ = static_cast<int16_t>(status);
  return message;
}

void SipMessage::SetRequestUri(absl::string_view uri) {
  TW_CHECK(is_request());
  const std::string line = absl::StrCat(method_name(), " ", uri, " SIP/2.0");
  const auto method_size = static_cast<uint32_t>(first_.length);
  const auto begin = static_cast<uint32_t>(text_.size());
  text_.append(line);
  start_line_ = {begin, static_cast<uint32_t>(line.size())};
  first_ = {begin, method_size};
  second_ = {begin + method_size + 1, static_cast<uint32_t>(line.size()) - method_size - 9};
  version_ = {begin + static_cast<uint32_t>(line.size()) - 7, 7};
  layout_ = Layout::kScattered;
}

SipMessage::Row SipMessage::row(size_t index) const {
  const RowSpan& row = rows_[index];
  return {row.id, absl::string_view(text_).substr(row.offset, row.name_length), ValueOf(row),
          row.offset, row.value_offset};
}

SipMessage::RowSpan SipMessage::BeginRow(HeaderId id, absl::string_view name) {
  // Names longer than the limit come from our own callers only; parsed rows never get here.
  TW_CHECK(name.size() <= kMaxHeaderNameBytes);
  RowSpan row{};
  row.id = id;
  row.offset = static_cast<uint32_t>(text_.size());
  row.name_length = static_cast<uint16_t>(name.size());
  text_.append(name.data(), name.size());
  text_.append(": ");
  row.value_offset = static_cast<uint32_t>(text_.size());
  return row;
}

void SipMessage::EndRow(RowSpan& row) {
  row.value_length = static_cast<uint32_t>(text_.size()) - row.value_offset;
  row.length = static_cast<uint32_t>(text_.size()) - row.offset;
  text_.append("\r\n");
}

void SipMessage::PutRow(size_t index, const RowSpan& row) {
  rows_[index] = row;
  layout_ = Layout::kScattered;
}

void SipMessage::InsertRow(size_t index, const RowSpan& row) {
  const bool keeps_order = layout_ == Layout::kOpen && index == rows_.size();
  rows_.insert(index, row);
  if (!keeps_order) layout_ = Layout::kScattered;
}

void SipMessage::RemoveRows(HeaderId id, size_t from) {
  size_t kept = from;
  for (size_t i = from; i < rows_.size(); ++i) {
    if (rows_[i].id != id) rows_[kept++] = rows_[i];
  }
  if (kept == rows_.size()) return;
  rows_.truncate(kept);
  layout_ = Layout::kScattered;
}

void SipMessage::ReplaceFirstRow(HeaderId id, std::optional<absl::string_view> first) {
  const size_t index = FindRow(id);
  if (index == kNoRow) return;
  absl::string_view rest = ValueOf(rows_[index]);
  if (InfoOf(id).is_list) {
    TakeListElement(rest, rest);
    rest = TrimLws(rest);
  } else {
    rest = {};
  }
  if (!first.has_value() && rest.empty()) {
    rows_.erase(index);
    layout_ = Layout::kScattered;
    return;
  }
  const std::string value = !first.has_value() ? std::string(rest)
                            : rest.empty()     ? std::string(*first)
                                               : absl::StrCat(*first, ", ", rest);
  RowSpan row = BeginRow(id, InfoOf(id).name);
  text_.append(value);
  EndRow(row);
  PutRow(index, row);
}

void SipMessage::AddRaw(absl::string_view name, absl::string_view value) {
  RowSpan row = BeginRow(FindHeader(name), name);
  text_.append(value.data(), value.size());
  EndRow(row);
  InsertRow(rows_.size(), row);
}

void SipMessage::SetBody(absl::string_view content_type, absl::string_view body) {
  if (body.empty()) {
    Remove<ContentType>();
  } else if (const std::optional<ContentType> type = ContentType::Parse(content_type);
             type.has_value()) {
    Set(*type);
  }
  Set(ContentLength{static_cast<uint32_t>(body.size())});
  const bool is_open = layout_ == Layout::kOpen;
  if (is_open) text_.append("\r\n");
  body_ = {static_cast<uint32_t>(text_.size()), static_cast<uint32_t>(body.size())};
  text_.append(body.data(), body.size());
  layout_ = is_open ? Layout::kExact : Layout::kScattered;
}

void SipMessage::AppendImage(std::string& out) const {
  const absl::string_view line = start_line();
  out.append(line.data(), line.size());
  out.append("\r\n");
  for (const RowSpan& row : rows_) {
    // Name, colon and value lie together, so this keeps how they were written.
    out.append(text_, row.offset, row.length);
    out.append("\r\n");
  }
  out.append("\r\n");
  out.append(text_, body_.offset, body_.length);
}

void SipMessage::Rebuild() {
  std::string image;
  image.reserve(text_.size());
  AppendImage(image);
  const auto move_to = [](Span& span, uint32_t from, uint32_t to) {
    span.offset = span.offset - from + to;
  };
  const uint32_t old_line = start_line_.offset;
  for (Span* span : {&first_, &second_, &version_}) move_to(*span, old_line, 0);
  start_line_.offset = 0;
  uint32_t next = start_line_.length + 2;
  for (RowSpan& row : rows_) {
    const uint32_t value_from_name = row.value_offset - row.offset;
    row.offset = next;
    row.value_offset = next + value_from_name;
    next += row.length + 2;
  }
  body_.offset = next + 2;
  text_ = std::move(image);
  layout_ = Layout::kExact;
}

absl::string_view SipMessage::Wire() {
  if (layout_ == Layout::kOpen) {
    text_.append("\r\n");
    body_ = {static_cast<uint32_t>(text_.size()), 0};
    layout_ = Layout::kExact;
  } else if (layout_ == Layout::kScattered) {
    Rebuild();
  }
  return text_;
}

std::string SipMessage::TakeWire() && {
  Wire();
  return std::move(text_);
}

std::string SipMessage::Serialize() const {
  if (layout_ == Layout::kExact) return text_;
  std::string out;
  out.reserve(text_.size() + 2);
  AppendImage(out);
  return out;
}

}  // namespace tickwire::sip
