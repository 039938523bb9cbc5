// Which timers' brackets of a ladder lie side by side.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_TIMER_LANES_H_
#define TICKWIRE_EXPERIMENTS_VIEW_TIMER_LANES_H_

#include <cstddef>
#include <vector>

#include "experiments/view/display_list.h"

namespace tickwire {

struct TimerLanes {
  std::vector<int> in_column;  // how many lanes each column needs
  std::vector<int> of_timer;   // parallel to the timers: 0 is next to the lifeline
};

// Brackets of a column that overlap in time get lanes of their own, shorter ones nearer. Reads the
// columns and heights (y0, y1) of the timers and sets their label_y.
TimerLanes AssignTimerLanes(std::vector<DisplayTimer>& timers, size_t columns);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_TIMER_LANES_H_
