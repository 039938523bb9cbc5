// Where along its arrow each label of a ladder sits.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_LABEL_SLOTS_H_
#define TICKWIRE_EXPERIMENTS_VIEW_LABEL_SLOTS_H_

#include <vector>

#include "experiments/view/display_list.h"

namespace tickwire {

// Sets label_slot: the middle if that is free, else a place towards an end, so that the labels of
// arrows that cross keep apart. The arrows are placed and in the order of the display list.
void ChooseLabelSlots(std::vector<DisplayArrow>& arrows);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_LABEL_SLOTS_H_
