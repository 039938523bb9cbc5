// TimeAxis: where on a ladder each moment lies.
//
// A monotone map through the given moments: neighbours are apart by a least distance plus one that
// grows with the logarithm of the time between them. In between it is linear.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_TIME_AXIS_H_
#define TICKWIRE_EXPERIMENTS_VIEW_TIME_AXIS_H_

#include <string>
#include <vector>

#include "experiments/view/display_list.h"

namespace tickwire {

class TimeAxis {
 public:
  struct Moment {
    SimTime time;
    Tenths room = 0;  // least distance to the moment before
  };
  // Moments in any order; equal times count once, with the largest room.
  TimeAxis(std::vector<Moment> moments, Tenths top);

  // REQUIRES: at least one moment was given.
  Tenths Y(SimTime time) const;
  Tenths bottom() const { return ys_.back(); }
  // Waits of at least `least` that are drawn much shorter than others.
  std::vector<DisplayBreak> Breaks(Duration least) const;

 private:
  std::vector<SimTime> times_;
  std::vector<Tenths> ys_;
};

// "2.55 s": a wait as a ladder names it, rounded.
std::string WaitText(Duration wait);

// 10 * log2(1 + duration / 1 ms), in integers.
int32_t LogDistance(Duration duration);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_TIME_AXIS_H_
