#include "experiments/view/timer_lanes.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tickwire {
namespace {

constexpr Tenths kFirstLane = 130;  // from the lifeline
constexpr Tenths kLeastWidth = 700;
constexpr Tenths kLetterWidth = 64;

}  // namespace

Tenths TimerLanes::Offset(int column, int lane) const {
  Tenths offset = kFirstLane;
  for (int inner = 0; inner < lane; ++inner) offset += widths[column][inner];
  return offset;
}

Tenths TimerLanes::Width(int column) const {
  const int lanes = static_cast<int>(widths[column].size());
  return lanes == 0 ? 0 : Offset(column, lanes);
}

TimerLanes AssignTimerLanes(std::vector<DisplayTimer>& timers, size_t columns) {
  TimerLanes lanes{std::vector<std::vector<Tenths>>(columns), std::vector<int>(timers.size(), 0)};
  std::vector<size_t> order(timers.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t x, size_t y) {
    const DisplayTimer& a = timers[x];
    const DisplayTimer& b = timers[y];
    const Tenths length_a = a.y1 - a.y0, length_b = b.y1 - b.y0;
    return length_a != length_b ? length_a < length_b : a.y0 < b.y0;
  });
  struct Taken {
    Tenths y0, y1;
  };
  std::map<std::pair<int, int>, std::vector<Taken>> taken;
  for (size_t i : order) {
    DisplayTimer& timer = timers[i];
    // A short bracket still needs the height of its label.
    const Tenths middle = (timer.y0 + timer.y1) / 2;
    const Tenths y0 = std::min(timer.y0, middle - 70);
    const Tenths y1 = std::max(timer.y1, middle + 70);
    timer.label_y = middle;
    int lane = 0;
    for (;; ++lane) {
      const std::vector<Taken>& others = taken[{timer.column, lane}];
      const bool free = std::none_of(others.begin(), others.end(), [&](const Taken& other) {
        return y0 < other.y1 && other.y0 < y1;
      });
      if (free) break;
    }
    taken[{timer.column, lane}].push_back({y0, y1});
    lanes.of_timer[i] = lane;
    std::vector<Tenths>& widths = lanes.widths[timer.column];
    if (lane == static_cast<int>(widths.size())) widths.push_back(kLeastWidth);
    const Tenths label = static_cast<Tenths>(timer.label.size()) * kLetterWidth + 120;
    widths[lane] = std::max(widths[lane], label);
  }
  return lanes;
}

}  // namespace tickwire
