// "Did you mean": the nearest of some names by edit distance.
#ifndef TICKWIRE_TOPOLOGIES_MATCH_SUGGEST_H_
#define TICKWIRE_TOPOLOGIES_MATCH_SUGGEST_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tickwire {

// Insertions, deletions, replacements and swaps of neighbours; `limit` + 1 for anything beyond.
// Case differences and '-' against '_' cost nothing, so the limit must be checked on top for
// equality.
int EditDistance(absl::string_view a, absl::string_view b, int limit);

// The candidate within a third of the word's length (at least 1, at most 4 edits), or one that
// starts with the word; "" if none. Ties go to the earlier. Looks at the first 10,000 candidates
// only, so that hostile files stay quick.
std::string Nearest(absl::string_view word, const std::vector<absl::string_view>& candidates);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_MATCH_SUGGEST_H_
