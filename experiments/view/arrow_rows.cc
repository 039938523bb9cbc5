#include "experiments/view/arrow_rows.h"

#include <algorithm>
#include <map>
#include <utility>

namespace tickwire {

ArrowRows::ArrowRows(std::vector<DisplayArrow>& arrows) : arrows_(arrows), rows_(arrows.size()) {
  CountParallels();
  GuessArrivals();
  HoldAnswers();
}

// Two arrows of one moment lie side by side, with labels above and below; more get a row each.
void ArrowRows::CountParallels() {
  for (size_t i = 0; i < arrows_.size(); ++i) {
    std::vector<size_t> group = {i};
    if (arrows_[i].parallel > 0) continue;
    // Arrows of one moment lie next to each other in the list.
    for (size_t j = i + 1; j < arrows_.size(); ++j) {
      const DisplayArrow& first = arrows_[i];
      DisplayArrow& other = arrows_[j];
      if (other.sent != first.sent) break;
      if (other.from != first.from || other.to != first.to) continue;
      // A burst of other protocols than SIP keeps its rows when some of it is lost or slower.
      const bool is_burst =
          (first.style == ArrowStyle::kOther || first.layer == ArrowLayer::kMessage) &&
          other.style == ArrowStyle::kOther && !other.is_copy;
      if (other.ended != first.ended && !is_burst) continue;
      other.parallel = static_cast<int>(group.size());
      group.push_back(j);
    }
    for (size_t k = 1; k < group.size(); ++k) {
      rows_[group[k]].offset = static_cast<Tenths>(k) * (group.size() == 2 ? 45 : 170);
    }
    // A packet that gets there before its message does lies above it.
    if (group.size() == 2) {
      arrows_[group[1]].label_below = arrows_[group[0]].layer != ArrowLayer::kMessage ||
                                      arrows_[group[0]].ended <= arrows_[group[1]].ended;
    }
    for (size_t lost : group) {
      if (arrows_[lost].end != ArrowEnd::kLost) continue;
      for (size_t other : group) {
        if (arrows_[other].end == ArrowEnd::kLost) continue;
        if (arrows_[other].layer == ArrowLayer::kMessage) continue;  // waits for more than itself
        rows_[lost].would_arrive = arrows_[other].ended;
        break;
      }
    }
  }
}

// A lost packet of a flow of its own pace lies parallel to its neighbours too.
void ArrowRows::GuessArrivals() {
  for (size_t i = 0; i < arrows_.size(); ++i) {
    const DisplayArrow& arrow = arrows_[i];
    if (arrow.end != ArrowEnd::kLost || arrow.style != ArrowStyle::kOther ||
        rows_[i].would_arrive) {
      continue;
    }
    rows_[i].would_arrive =
        arrow.sent + (arrow.ended - arrow.sent) * 1000 / std::max(arrow.lost_at, 1);
  }
}

// What a node sends at the moment that several rows arrive begins below them, so that they do not
// cross what they caused.
void ArrowRows::HoldAnswers() {
  std::map<std::pair<SimTime, int>, Tenths> arriving;
  for (size_t i = 0; i < arrows_.size(); ++i) {
    const DisplayArrow& arrow = arrows_[i];
    if (arrow.end != ArrowEnd::kArrives && arrow.end != ArrowEnd::kRefused) continue;
    Tenths& rows = arriving[{arrow.ended, arrow.to}];
    rows = std::max(rows, rows_[i].offset);
  }
  for (size_t i = 0; i < arrows_.size(); ++i) {
    const auto rows = arriving.find({arrows_[i].sent, arrows_[i].from});
    if (rows != arriving.end() && rows->second > kTimerRoom) rows_[i].held = rows->second + 60;
  }
}

void ArrowRows::Place(const TimeAxis& axis) {
  for (size_t i = 0; i < arrows_.size(); ++i) {
    DisplayArrow& arrow = arrows_[i];
    arrow.y0 = axis.Y(arrow.sent) + rows_[i].held + rows_[i].offset;
    arrow.y1 = axis.Y(rows_[i].would_arrive.value_or(arrow.ended)) + rows_[i].offset;
    if (rows_[i].would_arrive) {
      arrow.y1 =
          arrow.y0 + static_cast<Tenths>(int64_t{arrow.y1 - arrow.y0} * arrow.lost_at / 1000);
    }
  }
}

void ArrowRows::AddMoments(std::vector<TimeAxis::Moment>& moments) const {
  for (size_t i = 0; i < arrows_.size(); ++i) {
    const DisplayArrow& arrow = arrows_[i];
    const Row& row = rows_[i];
    moments.push_back({arrow.sent, kArrowRoom});
    if (row.held > 0) moments.push_back({arrow.sent + Duration::Nanos(1), row.held});
    if (row.would_arrive) {
      moments.push_back({*row.would_arrive, 0});
      continue;
    }
    moments.push_back({arrow.ended, kTimerRoom});
    if (row.offset > kTimerRoom) {  // what comes next makes room for these rows
      moments.push_back({arrow.ended + Duration::Nanos(1), row.offset});
    }
  }
}

}  // namespace tickwire
