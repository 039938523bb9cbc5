// Draws a ladder's display list as SVG.
//
// Self-contained, readable in black and white (line patterns, marks and badges tell what colours
// tell), dark where the viewer prefers it. Each message carries its event in `data-event` and a
// tooltip. The same display list gives the same bytes.
#ifndef TICKWIRE_EXPERIMENTS_EXPORT_SVG_LADDER_H_
#define TICKWIRE_EXPERIMENTS_EXPORT_SVG_LADDER_H_

#include <string>

#include "experiments/view/display_list.h"

namespace tickwire {

std::string SvgLadder(const DisplayList& list);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_EXPORT_SVG_LADDER_H_
