// The text of one scenario file with its name, and places in it.
#ifndef TICKWIRE_TOPOLOGIES_SOURCE_FILE_H_
#define TICKWIRE_TOPOLOGIES_SOURCE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tickwire {

// Bytes [offset, offset + length) of a source. 8 bytes, because a large scenario keeps millions.
struct Span {
  uint32_t offset = 0;
  uint32_t length = 0;
};

// Line and column from 1; columns count characters (UTF-8 code points), a tab is one.
struct Position {
  int line = 1;
  int column = 1;
};

class SourceFile {
 public:
  // Keeps its own copy of the text. REQUIRES: text shorter than 4 GiB.
  SourceFile(std::string name, std::string text);

  const std::string& name() const { return name_; }
  absl::string_view text() const { return text_; }
  absl::string_view text(Span span) const;
  // O(log lines) after the first call.
  Position position(size_t offset) const;
  // The line's text without its end. REQUIRES: 1 <= line.
  absl::string_view line(int line) const;

 private:
  void IndexLines() const;

  std::string name_;
  std::string text_;
  mutable std::vector<uint32_t> line_starts_;  // made when first asked for
};

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_SOURCE_FILE_H_
