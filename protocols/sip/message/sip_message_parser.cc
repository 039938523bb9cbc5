// SipMessage::Parse: RFC 3261 §7, one pass over the text.
#include <cstring>
#include <utility>

#include "protocols/sip/message/char_class.h"
#include "protocols/sip/message/limits.h"
#include "protocols/sip/message/rules.h"
#include "protocols/sip/message/scanner.h"
#include "protocols/sip/message/sip_message.h"

namespace tickwire::sip {

class SipMessage::Parser {
 public:
  Parser(SipMessage& message, Violations& violations)
      : message_(message), violations_(violations), begin_(message.text_.data()) {}

  void Run() {
    if (message_.text_.size() > kMaxMessageBytes) {
      Report(rules::kTooLarge, kMaxMessageBytes);
      message_.text_.resize(kMaxMessageBytes);
      begin_ = message_.text_.data();
    }
    end_ = begin_ + message_.text_.size();
    next_ = begin_;
    // §7.5: empty lines before the start line are ignored.
    while (next_ != end_ && (*next_ == '\r' || *next_ == '\n')) ++next_;
    if (next_ == end_) {
      Report(rules::kNoStartLine, next_);
      message_.layout_ = Layout::kScattered;
      return;
    }
    has_leading_octets_ = next_ != begin_;
    ReadStartLine();
    ReadRows();
    ReadBody();
  }

 private:
  uint32_t OffsetOf(const char* at) const { return static_cast<uint32_t>(at - begin_); }
  Span SpanOf(absl::string_view view) const {
    return {OffsetOf(view.data()), static_cast<uint32_t>(view.size())};
  }
  void Report(const Rule& rule, const char* at) { Report(rule, OffsetOf(at)); }
  void Report(const Rule& rule, size_t offset) {
    if (violations_.size() < kMaxViolations) {
      violations_.push_back({&rule, static_cast<uint32_t>(offset)});
    }
  }

  // The next line without its end; moves behind it.
  absl::string_view TakeLine() {
    const char* const begin = next_;
    const char* const feed =
        static_cast<const char*>(std::memchr(next_, '\n', static_cast<size_t>(end_ - next_)));
    if (feed == nullptr) {
      next_ = end_;
      return {begin, static_cast<size_t>(end_ - begin)};
    }
    next_ = feed + 1;
    if (feed != begin && feed[-1] == '\r') return {begin, static_cast<size_t>(feed - 1 - begin)};
    ReportLineEnd(feed);
    return {begin, static_cast<size_t>(feed - begin)};
  }
  void ReportLineEnd(const char* at) {
    if (!reported_line_end_) Report(rules::kLineEnd, at);
    reported_line_end_ = true;
  }

  void ReadStartLine() {
    const absl::string_view line = TakeLine();
    message_.start_line_ = SpanOf(line);
    if (line.size() >= 4 && EqualsIgnoreCase(line.substr(0, 4), "SIP/")) {
      ReadStatusLine(line);
    } else {
      ReadRequestLine(line);
    }
  }

  // Method SP Request-URI SP SIP-Version. What lies between the first and the last space is taken
  // for the URI, so that a damaged line still shows as much as it can.
  void ReadRequestLine(absl::string_view line) {
    const absl::string_view trimmed = TrimLws(line);
    const size_t first = trimmed.find(' ');
    const absl::string_view method = trimmed.substr(0, first);
    message_.first_ = SpanOf(method);
    message_.method_ = ParseMethod(method);
    const size_t last = trimmed.rfind(' ');
    bool is_clean = trimmed.size() == line.size() && first != absl::string_view::npos;
    if (first != absl::string_view::npos && last > first) {
      const absl::string_view between = trimmed.substr(first + 1, last - first - 1);
      const absl::string_view uri = TrimLws(between);
      is_clean = is_clean && uri.size() == between.size() &&
                 uri.find_first_of(" \t") == absl::string_view::npos;
      message_.second_ = SpanOf(uri);
      message_.version_ = SpanOf(trimmed.substr(last + 1));
    } else {
      is_clean = false;
    }
    if (!is_clean) Report(rules::kRequestLine, line.data());
  }

  // SIP-Version SP Status-Code SP Reason-Phrase
  void ReadStatusLine(absl::string_view line) {
    const size_t first = line.find(' ');
    message_.version_ = SpanOf(line.substr(0, first));
    message_.status_ = 0;
    if (first == absl::string_view::npos) {
      Report(rules::kStatusLine, line.data());
      return;
    }
    Scanner scanner(line.substr(first + 1));
    const absl::string_view code = scanner.TakeWhile(kDigitChar);
    message_.first_ = SpanOf(code);
    if (!scanner.Consume(' ') || code.size() != 3) Report(rules::kStatusLine, code.data());
    message_.second_ = SpanOf(scanner.rest());
    const std::optional<uint64_t> status = ParseDecimal(code, 699);
    if (status.has_value() && *status >= 100) {
      message_.status_ = static_cast<int16_t>(*status);
    } else if (code.size() == 3) {
      Report(rules::kStatusRange, code.data());
    }
  }

  void ReadRows() {
    while (next_ != end_) {
      if (*next_ == '\r' || *next_ == '\n') {
        const char* const at = next_;
        if (TakeLine().empty()) {
          has_blank_line_ = true;
          return;
        }
        next_ = at;  // a CR inside a row: part of whatever this row is
      }
      if (message_.rows_.size() == kMaxHeaderRows) {
        Report(rules::kTooManyRows, next_);
        SkipRows();
        return;
      }
      ReadRow();
    }
    Report(rules::kNoBlankLine, end_);
  }

  // Looks for the blank line only.
  void SkipRows() {
    while (next_ != end_) {
      if (TakeLine().empty()) {
        has_blank_line_ = true;
        return;
      }
    }
    Report(rules::kNoBlankLine, end_);
  }

  void ReadRow() {
    const char* const begin = next_;
    absl::string_view line = TakeLine();
    // §7.3.1: a line that starts with white space continues the one before.
    while (next_ != end_ && (*next_ == ' ' || *next_ == '\t')) {
      const absl::string_view more = TakeLine();
      line = {begin, static_cast<size_t>(more.data() + more.size() - begin)};
    }
    const char* const line_end = line.data() + line.size();
    const char* p = begin;
    while (p != line_end && IsIn(*p, kTokenChar)) ++p;
    absl::string_view name(begin, static_cast<size_t>(p - begin));
    while (p != line_end && (*p == ' ' || *p == '\t')) ++p;  // HCOLON
    const bool is_row =
        !name.empty() && p != line_end && *p == ':' && name.size() <= kMaxHeaderNameBytes;
    RowSpan row{};
    row.offset = OffsetOf(begin);
    row.length = static_cast<uint32_t>(line.size());
    row.id = HeaderId::kOther;
    absl::string_view value(line_end, 0);
    if (is_row) {
      row.id = FindHeader(name);
      value = {p + 1, static_cast<size_t>(line_end - p - 1)};
      while (!value.empty() && IsIn(value.front(), kLwsChar)) value.remove_prefix(1);
      while (!value.empty() && IsIn(value.back(), kLwsChar)) value.remove_suffix(1);
    } else {
      Report(rules::kHeaderRow, begin);
      // Kept as a nameless row, so that it is shown and forwarded as it came.
      name = name.substr(0, 0);
      value = line;
    }
    row.name_length = static_cast<uint16_t>(name.size());
    row.value_offset = OffsetOf(value.data());
    row.value_length = static_cast<uint32_t>(value.size());
    message_.rows_.push_back(row);
  }

  void ReadBody() {
    const auto available = static_cast<uint32_t>(end_ - next_);
    message_.body_ = {OffsetOf(next_), available};
    const size_t index = message_.FindRow(IdOf<ContentLength>());
    if (index != kNoRow) {
      const RowSpan& row = message_.rows_[index];
      const std::optional<ContentLength> length = ContentLength::Parse(message_.ValueOf(row));
      if (!length.has_value()) {
        Report(rules::kContentLength, row.value_offset);
      } else if (length->bytes > available) {
        Report(rules::kBodyTooShort, row.value_offset);
      } else {
        // §18.3: octets behind the body of a datagram are not part of the message.
        message_.body_.length = length->bytes;
        message_.text_.resize(message_.body_.offset + length->bytes);
      }
    }
    const bool is_exact = has_blank_line_ && !has_leading_octets_ && !reported_line_end_;
    message_.layout_ = is_exact ? Layout::kExact : Layout::kScattered;
  }

  SipMessage& message_;
  Violations& violations_;
  const char* begin_;
  const char* next_ = nullptr;
  const char* end_ = nullptr;
  bool has_blank_line_ = false;
  bool has_leading_octets_ = false;
  bool reported_line_end_ = false;
};

ParseResult SipMessage::Parse(std::string text) {
  ParseResult result{SipMessage(), {}};
  result.message.text_ = std::move(text);
  Parser(result.message, result.violations).Run();
  return result;
}

}  // namespace tickwire::sip
