// Everything that can be wrong with a scenario file, explained: `tickwire explain E0107`.
//
// An id is never reused or renumbered. E01 reading, E02 values, E03 meaning, E04 match expressions,
// E05 assignments, E09 limits, W06 warnings. A test demands that every id used has an entry and
// that every entry is used.
#ifndef TICKWIRE_TOPOLOGIES_ERROR_CATALOGUE_H_
#define TICKWIRE_TOPOLOGIES_ERROR_CATALOGUE_H_

#include <span>
#include <string>

#include "absl/strings/string_view.h"

namespace tickwire {

struct ErrorEntry {
  absl::string_view id;
  absl::string_view title;
  absl::string_view explanation;
  absl::string_view wrong;  // scenario text that has this mistake; empty where none can show it
  absl::string_view right;  // the same, mended
};

// In order of ids.
std::span<const ErrorEntry> ErrorCatalogue();
// nullptr if there is none.
const ErrorEntry* FindError(absl::string_view id);
// The whole entry as text.
std::string ExplainError(const ErrorEntry& entry);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_ERROR_CATALOGUE_H_
