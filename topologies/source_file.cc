#include "topologies/source_file.h"

#include <algorithm>

#include "sim_core/base/check.h"

namespace tickwire {

SourceFile::SourceFile(std::string name, std::string text)
    : name_(std::move(name)), text_(std::move(text)) {
  TW_CHECK(text_.size() < UINT32_MAX);
}

absl::string_view SourceFile::text(Span span) const {
  if (span.offset > text_.size()) return "";
  return absl::string_view(text_).substr(span.offset, span.length);
}

void SourceFile::IndexLines() const {
  if (!line_starts_.empty()) return;
  line_starts_.push_back(0);
  for (size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') line_starts_.push_back(static_cast<uint32_t>(i + 1));
  }
}

Position SourceFile::position(size_t offset) const {
  IndexLines();
  offset = std::min(offset, text_.size());
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const int line = static_cast<int>(after - line_starts_.begin());
  int column = 1;
  for (size_t i = line_starts_[line - 1]; i < offset; ++i) {
    if ((text_[i] & 0xC0) != 0x80) ++column;
  }
  return {line, column};
}

absl::string_view SourceFile::line(int line) const {
  IndexLines();
  if (line < 1 || line > static_cast<int>(line_starts_.size())) return "";
  const size_t begin = line_starts_[line - 1];
  absl::string_view rest = absl::string_view(text_).substr(begin);
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

}  // namespace tickwire
