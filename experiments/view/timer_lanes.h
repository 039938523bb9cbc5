// Which timers' brackets of a ladder lie side by side.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_TIMER_LANES_H_
#define TICKWIRE_EXPERIMENTS_VIEW_TIMER_LANES_H_

#include <cstddef>
#include <vector>

#include "experiments/view/display_list.h"

namespace tickwire {

struct TimerLanes {
  std::vector<std::vector<Tenths>>
      widths;                 // of each column's lanes, that next to the lifeline first
  std::vector<int> of_timer;  // parallel to the timers

  // From a column's lifeline to a lane's brackets; their labels stand on the outer side.
  Tenths Offset(int column, int lane) const;
  // Of all lanes of a column; 0 if it has none.
  Tenths Width(int column) const;
};

// Brackets of a column that overlap in time get lanes of their own, shorter ones nearer. A lane
// is as wide as its longest label. Reads the columns, labels and heights (y0, y1) of the timers and
// sets their label_y.
TimerLanes AssignTimerLanes(std::vector<DisplayTimer>& timers, size_t columns);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_TIMER_LANES_H_
