// SessionDescription::Parse: RFC 8866 §5 and §9, one pass over the lines.
#include <algorithm>
#include <limits>

#include "protocols/sdp/attributes.h"
#include "protocols/sdp/grammar.h"
#include "protocols/sdp/limits.h"
#include "protocols/sdp/session_description.h"

namespace tickwire::sdp {
namespace {

// The order of the lines within a session part and within a media part.
constexpr absl::string_view kSessionOrder = "vosiuepcbtka";
constexpr absl::string_view kMediaOrder = "micbka";

class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text) {}

  ParseResult Run() {
    if (text_.size() > kMaxBytes) {
      Report(rules::kTooLarge, kMaxBytes);
      text_ = text_.substr(0, kMaxBytes);
    }
    size_t lines = 0;
    while (next_ < text_.size()) {
      if (++lines > kMaxLines) {
        Report(rules::kTooLarge, next_);
        break;
      }
      ReadLine(TakeLine());
    }
    CheckWhole();
    std::stable_sort(result_.violations.begin(), result_.violations.end(),
                     [](const Violation& a, const Violation& b) { return a.offset < b.offset; });
    return std::move(result_);
  }

 private:
  SessionDescription& session() { return result_.description; }
  MediaSection* section() { return session().media.empty() ? nullptr : &session().media.back(); }
  void Report(const Rule& rule, size_t offset) {
    if (result_.violations.size() < kMaxViolations) {
      result_.violations.push_back({&rule, static_cast<uint32_t>(offset)});
    }
  }
  void ReportAt(const Rule& rule, absl::string_view where) {
    Report(rule, static_cast<size_t>(where.data() - text_.data()));
  }

  absl::string_view TakeLine() {
    const absl::string_view rest = text_.substr(next_);
    const size_t feed = rest.find('\n');
    absl::string_view line = rest.substr(0, feed);
    next_ += feed == absl::string_view::npos ? rest.size() : feed + 1;
    if (feed != absl::string_view::npos && !line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    } else if (!has_reported_line_end_) {  // §5: a receiver also takes a single newline
      has_reported_line_end_ = true;
      Report(rules::kLineEnd, next_ - (feed == absl::string_view::npos ? 0 : 1));
    }
    return line;
  }

  void ReadLine(absl::string_view line) {
    if (line.size() < 2 || line[1] != '=' ||
        line.find_first_of(absl::string_view("\r\0", 2)) != absl::string_view::npos) {
      ReportAt(rules::kLine, line);
      return;
    }
    const char type = line[0];
    const absl::string_view value = line.substr(2);
    if (type == 'r' || type == 'z') {
      ReadRepeat(type, value);
      return;
    }
    if (type == 'm') {
      if (session().media.size() == kMaxMedia) {
        ReportAt(rules::kTooLarge, line);
        next_ = text_.size();
        return;
      }
      session().media.emplace_back();
      rank_ = 0;
      ReadMedia(value);
      return;
    }
    CheckOrder(type, line);
    if (section() != nullptr) {
      ReadMediaPart(type, value);
    } else {
      ReadSessionPart(type, value);
    }
  }

  void CheckOrder(char type, absl::string_view line) {
    const absl::string_view order = section() == nullptr ? kSessionOrder : kMediaOrder;
    const size_t rank = order.find(type);
    if (rank == absl::string_view::npos) {
      ReportAt(
          kSessionOrder.find(type) == absl::string_view::npos ? rules::kUnknownType : rules::kOrder,
          line);
      return;
    }
    if (rank < rank_) ReportAt(rules::kOrder, line);
    const bool may_repeat = absl::string_view("epbta").find(type) != absl::string_view::npos ||
                            (type == 'c' && section() != nullptr);
    if (rank == rank_ && has_rank_ && !may_repeat) ReportAt(rules::kOnce, line);
    rank_ = std::max(rank, rank_);
    has_rank_ = true;
  }

  void ReadSessionPart(char type, absl::string_view value) {
    switch (type) {
      case 'v':
        if (value != "0") ReportAt(rules::kVersion, value);
        has_version_ = true;
        return;
      case 'o':
        ReadOrigin(value);
        has_origin_ = true;
        return;
      case 's':
        // §5.3: never empty; a space when there is no name.
        if (value.empty()) ReportAt(rules::kSessionName, value);
        session().session_name = std::string(value);
        has_name_ = true;
        return;
      case 'i':
        session().information = Text(value);
        return;
      case 'u':
        session().uri = Text(value);
        return;
      case 'e':
        session().emails.push_back(Text(value));
        return;
      case 'p':
        session().phones.push_back(Text(value));
        return;
      case 'c':
        session().connection = ReadConnection(value);
        return;
      case 't':
        ReadTime(value);
        return;
      default:
        ReadCommon(type, value, session().bandwidths, session().key, session().attributes);
    }
  }

  void ReadMediaPart(char type, absl::string_view value) {
    switch (type) {
      case 'i':
        section()->information = Text(value);
        return;
      case 'c':
        section()->connections.push_back(ReadConnection(value));
        return;
      default:
        ReadCommon(type, value, section()->bandwidths, section()->key, section()->attributes);
    }
  }

  void ReadCommon(char type, absl::string_view value, std::vector<Bandwidth>& bandwidths,
                  std::string& key, std::vector<Attribute>& attributes) {
    if (type == 'b') {
      ReadBandwidth(value, bandwidths);
    } else if (type == 'k') {
      if (!IsKey(value)) ReportAt(rules::kText, value);
      key = std::string(value);
    } else if (type == 'a') {
      ReadAttribute(value, attributes);
    }
    // Any other letter has been reported by CheckOrder.
  }

  std::string Text(absl::string_view value) {
    if (value.empty()) ReportAt(rules::kText, value);
    return std::string(value);
  }

  void ReadOrigin(absl::string_view value) {
    Words words(value);
    Origin& origin = session().origin;
    origin.username = std::string(words.Take());
    // RFC 3264 §5: both numbers fit a signed 64-bit integer.
    constexpr uint64_t kMax = std::numeric_limits<int64_t>::max();
    const std::optional<uint64_t> id = ParseNumber(words.Take(), kMax);
    const std::optional<uint64_t> version = ParseNumber(words.Take(), kMax);
    origin.session_id = id.value_or(0);
    origin.session_version = version.value_or(0);
    origin.net_type = std::string(words.Take());
    origin.addr_type = std::string(words.Take());
    origin.address = std::string(words.Take());
    const bool is_valid = IsNonWhite(origin.username) && id.has_value() && version.has_value() &&
                          words.is_done() &&
                          IsAddress(origin.net_type, origin.addr_type, origin.address);
    if (!is_valid) ReportAt(rules::kOrigin, value);
  }

  Connection ReadConnection(absl::string_view value) {
    Words words(value);
    Connection connection;
    connection.net_type = std::string(words.Take());
    connection.addr_type = std::string(words.Take());
    connection.address = std::string(words.Take());
    if (!words.is_done() ||
        !IsConnectionAddress(connection.net_type, connection.addr_type, connection.address)) {
      ReportAt(rules::kConnection, value);
    }
    return connection;
  }

  void ReadBandwidth(absl::string_view value, std::vector<Bandwidth>& bandwidths) {
    const size_t colon = value.find(':');
    const absl::string_view type = value.substr(0, colon);
    const std::optional<uint64_t> number = colon == absl::string_view::npos
                                               ? std::nullopt
                                               : ParseNumber(value.substr(colon + 1), kAnyNumber);
    if (!IsToken(type) || !number.has_value()) {
      ReportAt(rules::kBandwidth, value);
      return;
    }
    bandwidths.push_back({std::string(type), *number});
  }

  void ReadTime(absl::string_view value) {
    Words words(value);
    TimeDescription time;
    const absl::string_view texts[2] = {words.Take(), words.Take()};
    bool is_valid = words.is_done();
    for (int i = 0; i < 2; ++i) {
      const std::optional<uint64_t> number = ParseNumber(texts[i], kAnyNumber);
      // time = POS-DIGIT 9*DIGIT, or "0"
      is_valid = is_valid && number.has_value() &&
                 (texts[i] == "0" || (texts[i].size() >= 10 && texts[i][0] != '0'));
      (i == 0 ? time.start : time.stop) = number.value_or(0);
    }
    if (!is_valid) ReportAt(rules::kTime, value);
    session().times.push_back(std::move(time));
  }

  void ReadRepeat(char type, absl::string_view value) {
    if (section() != nullptr || session().times.empty() || rank_ != kSessionOrder.find('t')) {
      ReportAt(rules::kOrder, value);
      return;
    }
    TimeDescription& time = session().times.back();
    if (type == 'z') {
      if (!IsZones(value)) ReportAt(rules::kRepeat, value);
      if (!time.zones.empty()) ReportAt(rules::kOnce, value);
      time.zones = std::string(value);
      return;
    }
    if (!time.zones.empty()) ReportAt(rules::kOrder, value);
    if (!IsRepeat(value)) ReportAt(rules::kRepeat, value);
    time.repeats.push_back(std::string(value));
  }

  void ReadMedia(absl::string_view value) {
    has_rank_ = false;
    Words words(value);
    MediaSection& media = *section();
    media.media = std::string(words.Take());
    const absl::string_view ports = words.Take();
    const size_t slash = ports.find('/');
    const std::optional<uint64_t> port = ParseNumber(ports.substr(0, slash), 65535);
    std::optional<uint64_t> count = 1;
    if (slash != absl::string_view::npos) count = ParseNumber(ports.substr(slash + 1), 65535);
    media.port = static_cast<uint32_t>(port.value_or(0));
    media.port_count = static_cast<uint32_t>(count.value_or(1));
    media.protocol = std::string(words.Take());
    bool is_valid = IsToken(media.media) && port.has_value() && count.has_value() && count != 0u &&
                    IsProtocol(media.protocol);
    do {
      const absl::string_view format = words.Take();
      is_valid = is_valid && IsToken(format);
      media.formats.push_back(std::string(format));
    } while (!words.is_done() && media.formats.size() < kMaxFormats);
    if (!is_valid || !words.is_done()) ReportAt(rules::kMedia, value);
  }

  void ReadAttribute(absl::string_view value, std::vector<Attribute>& attributes) {
    const size_t colon = value.find(':');
    Attribute attribute;
    attribute.name = std::string(value.substr(0, colon));
    if (colon != absl::string_view::npos) {
      attribute.has_value = true;
      attribute.value = std::string(value.substr(colon + 1));
    }
    if (!IsToken(attribute.name)) {
      ReportAt(rules::kAttributeName, value);
      return;
    }
    if ((attribute.has_value && attribute.value.empty()) || !IsKnownAttributeValid(attribute)) {
      ReportAt(rules::kAttributeValue, value);
      return;  // §5.13: as if it were not understood
    }
    const bool is_direction = DirectionOfName(attribute.name).has_value();
    const auto has_direction = [](const Attribute& other) {
      return DirectionOfName(other.name).has_value();
    };
    if (is_direction && std::any_of(attributes.begin(), attributes.end(), has_direction)) {
      ReportAt(rules::kDirections, value);  // §6.7; the first one counts
      return;
    }
    attributes.push_back(std::move(attribute));
  }

  void CheckWhole() {
    if (!has_version_ || !has_origin_ || !has_name_ || session().times.empty()) {
      Report(rules::kMandatory, text_.size());
    }
    for (const MediaSection& media : session().media) {
      if (session().ConnectionOf(media) == nullptr) {
        Report(rules::kMissingConnection, text_.size());
        return;
      }
    }
  }

  absl::string_view text_;
  size_t next_ = 0;
  ParseResult result_;
  size_t rank_ = 0;        // of the last line within its order
  bool has_rank_ = false;  // whether a line of that rank was there
  bool has_reported_line_end_ = false;
  bool has_version_ = false;
  bool has_origin_ = false;
  bool has_name_ = false;
};

}  // namespace

ParseResult SessionDescription::Parse(absl::string_view text) { return Parser(text).Run(); }

}  // namespace tickwire::sdp
