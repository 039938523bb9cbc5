// UTF-8 in files from strangers.
#ifndef TICKWIRE_TOPOLOGIES_UTF8_H_
#define TICKWIRE_TOPOLOGIES_UTF8_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire {

// Bytes of the well-formed character at the start of `text` (RFC 3629 §4), or 0.
size_t Utf8Length(absl::string_view text);
// Offset of the first byte that is not part of a well-formed character, or npos.
size_t FindInvalidUtf8(absl::string_view text);
// `text` with U+FFFD for each such byte, and for control characters but newline and tab.
std::string CleanUtf8(absl::string_view text);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_UTF8_H_
