// Draws a ladder's display list as text, for terminals and logs: UTF-8 or plain ASCII.
#ifndef TICKWIRE_EXPERIMENTS_EXPORT_TEXT_LADDER_H_
#define TICKWIRE_EXPERIMENTS_EXPORT_TEXT_LADDER_H_

#include <string>

#include "experiments/view/display_list.h"

namespace tickwire {

struct TextLadderOptions {
  bool ascii = false;       // no characters beyond ASCII
  size_t column_width = 0;  // between lifelines; 0: as wide as the labels need
};

std::string TextLadder(const DisplayList& list, const TextLadderOptions& options = {});

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_EXPORT_TEXT_LADDER_H_
