// ArrowRows: where the arrows of a ladder begin and end, from top to bottom.
//
// Arrows of one moment and direction get rows of their own, answers begin below what they answer,
// and a lost packet lies parallel to its neighbours.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_ARROW_ROWS_H_
#define TICKWIRE_EXPERIMENTS_VIEW_ARROW_ROWS_H_

#include <optional>
#include <vector>

#include "experiments/view/display_list.h"
#include "experiments/view/time_axis.h"

namespace tickwire {

class ArrowRows {
 public:
  static constexpr Tenths kArrowRoom = 190;  // a label's height, kept free above each arrow
  static constexpr Tenths kTimerRoom = 90;

  // Reads the columns, times and ends of the arrows; sets their `parallel` and `label_below`.
  // Arrows of one moment lie next to each other in the list.
  explicit ArrowRows(std::vector<DisplayArrow>& arrows);

  // What the time axis must have room for.
  void AddMoments(std::vector<TimeAxis::Moment>& moments) const;
  // Sets y0 and y1.
  void Place(const TimeAxis& axis);

 private:
  struct Row {
    Tenths offset = 0;                    // of both ends below the place of their moment
    Tenths held = 0;                      // of the begin alone
    std::optional<SimTime> would_arrive;  // a lost one, had it gone on
  };
  void CountParallels();
  void GuessArrivals();
  void HoldAnswers();

  std::vector<DisplayArrow>& arrows_;
  std::vector<Row> rows_;  // parallel to the arrows
};

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_ARROW_ROWS_H_
