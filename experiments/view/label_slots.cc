#include "experiments/view/label_slots.h"

#include <algorithm>
#include <cstddef>

namespace tickwire {

void ChooseLabelSlots(std::vector<DisplayArrow>& arrows) {
  struct Box {
    Tenths x0, x1, y0, y1;
  };
  std::vector<Box> boxes;
  size_t first_near = 0;
  for (DisplayArrow& arrow : arrows) {
    const Tenths half_width = static_cast<Tenths>(arrow.label.size()) * 33 + 60;
    const bool below = arrow.label_below;
    const auto box_at = [&](int slot) {
      const Tenths x = arrow.x0 + (arrow.x1 - arrow.x0) * slot / 100;
      const Tenths y = arrow.y0 + (arrow.y1 - arrow.y0) * slot / 100;
      return below ? Box{x - half_width, x + half_width, y + 10, y + 170}
                   : Box{x - half_width, x + half_width, y - 170, y + 10};
    };
    while (first_near < boxes.size() && boxes[first_near].y1 < arrow.y0 - 2000) ++first_near;
    for (int slot : {50, 38, 62, 28, 72}) {
      const Box box = box_at(slot);
      // Beside the middle only where it does not stand out beyond the arrow's ends.
      if (slot != 50 &&
          (box.x0 < std::min(arrow.x0, arrow.x1) || box.x1 > std::max(arrow.x0, arrow.x1))) {
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
