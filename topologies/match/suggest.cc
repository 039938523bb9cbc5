#include "topologies/match/suggest.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace tickwire {
namespace {

char Folded(char c) { return c == '-' ? '_' : absl::ascii_tolower(c); }

constexpr size_t kLongestWord = 64;

}  // namespace

int EditDistance(absl::string_view a, absl::string_view b, int limit) {
  if (a.size() > kLongestWord || b.size() > kLongestWord) return limit + 1;
  const int rows = static_cast<int>(a.size()), columns = static_cast<int>(b.size());
  if (std::abs(rows - columns) > limit) return limit + 1;
  std::vector<int> before(columns + 1), previous(columns + 1), current(columns + 1);
  for (int j = 0; j <= columns; ++j) previous[j] = j;
  for (int i = 1; i <= rows; ++i) {
    current[0] = i;
    for (int j = 1; j <= columns; ++j) {
      const bool same = Folded(a[i - 1]) == Folded(b[j - 1]);
      current[j] =
          std::min({previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same ? 0 : 1)});
      if (i > 1 && j > 1 && Folded(a[i - 1]) == Folded(b[j - 2]) &&
          Folded(a[i - 2]) == Folded(b[j - 1])) {
        current[j] = std::min(current[j], before[j - 2] + 1);
      }
    }
    before.swap(previous);
    previous.swap(current);
  }
  return std::min(previous[columns], limit + 1);
}

std::string Nearest(absl::string_view word, const std::vector<absl::string_view>& candidates) {
  const int limit = std::clamp(static_cast<int>(word.size()) / 3, 1, 4);
  int best = limit + 1;
  absl::string_view found;
  const size_t count = std::min(candidates.size(), size_t{10'000});
  for (size_t i = 0; i < count; ++i) {
    const int distance = EditDistance(word, candidates[i], limit);
    if (distance < best && candidates[i] != word) {
      best = distance;
      found = candidates[i];
    }
  }
  if (!found.empty()) return std::string(found);
  for (size_t i = 0; i < count; ++i) {
    if (word.size() >= 2 && absl::StartsWithIgnoreCase(candidates[i], word)) {
      return std::string(candidates[i]);
    }
  }
  return "";
}

}  // namespace tickwire
