// A Distribution of a scenario, ready to draw from.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_DISTRIBUTION_FACTORY_H_
#define TICKWIRE_TOPOLOGIES_BUILD_DISTRIBUTION_FACTORY_H_

#include <functional>

#include "sim_core/random/rng.h"
#include "sim_core/time/sim_time.h"
#include "topologies/scenario.pb.h"

namespace tickwire {

// Draws from `rng`, which it keeps. REQUIRES: checked by the loader.
std::function<Duration()> MakeDurationSource(const scenario::Distribution& distribution, Rng rng);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_DISTRIBUTION_FACTORY_H_
