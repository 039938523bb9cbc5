// Lays out scenario text: `tickwire fmt`.
//
// Two spaces a level, one space between things, at most one blank line in a row, blocks and lists
// on one line when they were and fit into 100 columns. Keeps comments, the order of fields and the
// author's line breaks between fields. Idempotent, and means the same (fields and values are not
// touched; separators, `field: {` and single quotes are made uniform).
#ifndef TICKWIRE_TOPOLOGIES_TEXT_FORMATTER_H_
#define TICKWIRE_TOPOLOGIES_TEXT_FORMATTER_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire::text {

// nullopt if the text is not well-formed (unbalanced brackets, a field without a value, ...): read
// it with ReadMessage to learn why.
std::optional<std::string> Format(absl::string_view text);

}  // namespace tickwire::text

#endif  // TICKWIRE_TOPOLOGIES_TEXT_FORMATTER_H_
