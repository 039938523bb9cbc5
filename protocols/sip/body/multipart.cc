#include "protocols/sip/body/multipart.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sip {
namespace {

struct Delimiter {
  size_t begin;  // of the line end in front of it, which belongs to it (RFC 2046 §5.1.1)
  size_t end;    // behind its own line end
  bool is_last;
};

// The next line that begins with "--boundary", from `from` on.
std::optional<Delimiter> FindDelimiter(absl::string_view body, absl::string_view dashes,
                                       size_t from) {
  for (size_t at = body.find(dashes, from); at != absl::string_view::npos;
       at = body.find(dashes, at + 1)) {
    if (at != 0 && body[at - 1] != '\n') continue;
    size_t end = at + dashes.size();
    const bool is_last = body.substr(end, 2) == "--";
    if (is_last) end += 2;
    while (end < body.size() && (body[end] == ' ' || body[end] == '\t')) ++end;
    if (body.substr(end, 2) == "\r\n") {
      end += 2;
    } else if (end < body.size() && body[end] == '\n') {
      end += 1;
    } else if (end != body.size() || !is_last) {
      continue;  // a longer text that only begins like the boundary
    }
    size_t begin = at;
    if (begin > 0) --begin;
    if (begin > 0 && body[begin - 1] == '\r') --begin;
    return Delimiter{begin, end, is_last};
  }
  return std::nullopt;
}

// Headers, an empty line, the content.
std::optional<BodyPart> ReadPart(absl::string_view text) {
  BodyPart part;
  part.content_type = "text/plain";
  while (true) {
    const size_t feed = text.find('\n');
    if (feed == absl::string_view::npos) return std::nullopt;
    size_t line_end = feed;
    // Folded lines belong to the one before.
    while (line_end + 1 < text.size() &&
           (text[line_end + 1] == ' ' || text[line_end + 1] == '\t')) {
      const size_t next = text.find('\n', line_end + 1);
      if (next == absl::string_view::npos) return std::nullopt;
      line_end = next;
    }
    const absl::string_view line = TrimLws(text.substr(0, line_end));
    const bool is_blank = feed == 0 || (feed == 1 && text[0] == '\r');
    text.remove_prefix((is_blank ? feed : line_end) + 1);
    if (is_blank) break;
    const size_t colon = line.find(':');
    if (colon == absl::string_view::npos) return std::nullopt;
    const absl::string_view name = TrimLws(line.substr(0, colon));
    const absl::string_view value = TrimLws(line.substr(colon + 1));
    if (EqualsIgnoreCase(name, "Content-Type") || EqualsIgnoreCase(name, "c")) {
      part.content_type = value;
    } else if (EqualsIgnoreCase(name, "Content-Disposition")) {
      part.content_disposition = value;
    } else if (EqualsIgnoreCase(name, "Content-ID")) {
      part.content_id = value;
    }
  }
  part.body = text;
  return part;
}

std::optional<absl::string_view> FindIn(absl::string_view content_type, absl::string_view body,
                                        absl::string_view type, absl::string_view subtype,
                                        int depth) {
  const std::optional<MediaType> media = MediaType::Parse(content_type);
  if (!media.has_value()) return std::nullopt;
  if (media->Is(type, subtype)) return body;
  if (depth == 0 || !EqualsIgnoreCase(media->type, "multipart")) return std::nullopt;
  const std::optional<std::vector<BodyPart>> parts = SplitMultipart(content_type, body);
  if (!parts.has_value()) return std::nullopt;
  for (const BodyPart& part : *parts) {
    const auto found = FindIn(part.content_type, part.body, type, subtype, depth - 1);
    if (found.has_value()) return found;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<BodyPart>> SplitMultipart(absl::string_view content_type,
                                                    absl::string_view body) {
  const std::optional<MediaType> media = MediaType::Parse(content_type);
  if (!media.has_value()) return std::nullopt;
  const std::string boundary = Unquote(media->params.Find("boundary").value_or(""));
  if (boundary.empty() || boundary.size() > 70) return std::nullopt;  // RFC 2046 §5.1.1
  const std::string dashes = absl::StrCat("--", boundary);
  std::optional<Delimiter> open = FindDelimiter(body, dashes, 0);
  std::vector<BodyPart> parts;
  while (open.has_value() && !open->is_last) {
    if (parts.size() == kMaxBodyParts) return std::nullopt;
    const std::optional<Delimiter> close = FindDelimiter(body, dashes, open->end);
    if (!close.has_value()) return std::nullopt;
    // An empty content shares its line end with the delimiter that follows.
    const size_t end = close->begin < open->end ? open->end : close->begin;
    absl::string_view text = body.substr(open->end, end - open->end);
    std::optional<BodyPart> part = ReadPart(text);
    if (!part.has_value()) part = ReadPart(body.substr(open->end, close->end - open->end));
    if (!part.has_value()) return std::nullopt;
    if (part->body.data() + part->body.size() > body.data() + end) part->body = {};
    parts.push_back(*part);
    open = close;
  }
  if (!open.has_value() || parts.empty()) return std::nullopt;
  return parts;
}

std::optional<absl::string_view> FindBody(const SipMessage& message, absl::string_view type,
                                          absl::string_view subtype) {
  const std::optional<absl::string_view> content_type = message.GetRaw<ContentType>();
  if (!content_type.has_value() || message.body().empty()) return std::nullopt;
  return FindIn(*content_type, message.body(), type, subtype, kMaxBodyDepth);
}

void MultipartBuilder::Add(const BodyPart& part) {
  absl::StrAppend(&text_, "--", boundary_, "\r\nContent-Type: ", part.content_type, "\r\n");
  if (!part.content_disposition.empty()) {
    absl::StrAppend(&text_, "Content-Disposition: ", part.content_disposition, "\r\n");
  }
  if (!part.content_id.empty()) absl::StrAppend(&text_, "Content-ID: ", part.content_id, "\r\n");
  absl::StrAppend(&text_, "\r\n", part.body, "\r\n");
}

std::string MultipartBuilder::ContentTypeText(absl::string_view subtype) const {
  return absl::StrCat("multipart/", subtype, ";boundary=", boundary_);
}

std::string MultipartBuilder::Finish() const {
  return absl::StrCat(text_, "--", boundary_, "--\r\n");
}

}  // namespace tickwire::sip
