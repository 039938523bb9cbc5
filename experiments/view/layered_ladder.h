// The ladder of a run with the layers that suit it.
#ifndef TICKWIRE_EXPERIMENTS_VIEW_LAYERED_LADDER_H_
#define TICKWIRE_EXPERIMENTS_VIEW_LAYERED_LADDER_H_

#include <optional>

#include "experiments/view/ladder.h"

namespace tickwire {

// As LayOutLadder with the layers asked for; if none are, both where the run has SIP over
// connections, else packets alone. `options.flow` and `options.layers` do not count. If
// `options.from` is later than the start, the run is read once more, up to a million packets: what
// a stream carries shows only to who saw its set-up.
DisplayList LayOutLayeredLadder(const RunModel& model, std::optional<Layers> layers,
                                LadderOptions options);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_VIEW_LAYERED_LADDER_H_
