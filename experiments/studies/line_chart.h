// LineChart: lines with confidence intervals over a few levels of a factor, as SVG.
//
// Lines differ by dash and marker as well as by colour (Okabe and Ito's), so that they can be told
// apart in black and white; each is named at its right end. Same data, same bytes.
#ifndef TICKWIRE_EXPERIMENTS_STUDIES_LINE_CHART_H_
#define TICKWIRE_EXPERIMENTS_STUDIES_LINE_CHART_H_

#include <optional>
#include <string>
#include <vector>

#include "experiments/studies/interval.h"

namespace tickwire::study {

struct LineChart {
  struct Line {
    std::string name;
    std::vector<std::optional<Interval>> points;  // one for each level; none: not measured
  };
  std::string title;
  std::string caption;  // says n and the level of the intervals
  std::string x_label, y_label;
  std::vector<std::string> levels;  // equally far apart
  std::vector<Line> lines;          // at most 8
  bool is_logarithmic = false;      // the axis of values; what is not above zero is left out

  std::string ToSvg() const;
};

}  // namespace tickwire::study

#endif  // TICKWIRE_EXPERIMENTS_STUDIES_LINE_CHART_H_
