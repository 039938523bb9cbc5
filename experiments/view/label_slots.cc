#include "experiments/view/label_slots.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>

namespace tickwire {

namespace {

constexpr Tenths kMargin = 60;  // of a label on each side

// Sent at the same moment by the two ends towards each other: they cross in the middle.
bool Mirrors(const DisplayArrow& a, const DisplayArrow& b) {
  return a.x0 == b.x1 && a.x1 == b.x0 && a.x0 != a.x1 && a.y0 == b.y0;
}

}  // namespace

void ChooseLabelSlots(std::vector<DisplayArrow>& arrows) {
  struct Box {
    Tenths x0, x1, y0, y1;
  };
  std::vector<Box> boxes;
  size_t first_near = 0;
  for (size_t i = 0; i < arrows.size(); ++i) {
    DisplayArrow& arrow = arrows[i];
    bool has_mirror = i > 0 && Mirrors(arrow, arrows[i - 1]);
    for (size_t j = i + 1; j < arrows.size() && arrows[j].y0 == arrow.y0; ++j) {
      has_mirror |= Mirrors(arrow, arrows[j]);
    }
    const Tenths half_width = static_cast<Tenths>(arrow.label.size()) * 33 + kMargin;
    const bool below = arrow.label_below;
    const auto box_at = [&](int slot) {
      const Tenths x = arrow.x0 + (arrow.x1 - arrow.x0) * slot / 100;
      const Tenths y = arrow.y0 + (arrow.y1 - arrow.y0) * slot / 100;
      return below ? Box{x - half_width, x + half_width, y + 10, y + 170}
                   : Box{x - half_width, x + half_width, y - 170, y + 10};
    };
    while (first_near < boxes.size() && boxes[first_near].y1 < arrow.y0 - 2000) ++first_near;
    // Each of two that mirror each other has the half next to its sender.
    const Tenths span = std::abs(arrow.x1 - arrow.x0);
    const int near_sender = half_width * 4 > span ? 22 : half_width * 5 > span ? 26 : 30;
    const std::array<int, 5> slots = has_mirror ? std::array<int, 5>{near_sender, 34, 50, 62, 72}
                                                : std::array<int, 5>{50, 38, 62, 28, 72};
    const Tenths may_stand_out = has_mirror ? 4 * kMargin : 0;
    for (const int slot : slots) {
      const Box box = box_at(slot);
      // Beside the middle only where it does not stand out beyond the arrow's ends.
      if (slot != 50 && (box.x0 < std::min(arrow.x0, arrow.x1) - may_stand_out ||
                         box.x1 > std::max(arrow.x0, arrow.x1) + may_stand_out)) {
        continue;
      }
      const bool free = std::none_of(boxes.begin() + static_cast<std::ptrdiff_t>(first_near),
                                     boxes.end(), [&](const Box& other) {
                                       return box.x0 < other.x1 && other.x0 < box.x1 &&
                                              box.y0 < other.y1 && other.y0 < box.y1;
                                     });
      if (free) {
        arrow.label_slot = slot;
        break;
      }
    }
    boxes.push_back(box_at(arrow.label_slot));
  }
}

}  // namespace tickwire
