// Writes a scenario as text that the loader reads back.
#ifndef TICKWIRE_TOPOLOGIES_SCENARIO_PRINTER_H_
#define TICKWIRE_TOPOLOGIES_SCENARIO_PRINTER_H_

#include <string>

#include "topologies/scenario.pb.h"

namespace tickwire {

// In the order of the schema, laid out like `tickwire fmt` does.
std::string PrintScenario(const scenario::Scenario& scenario);

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_SCENARIO_PRINTER_H_
