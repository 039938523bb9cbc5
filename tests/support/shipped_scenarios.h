// The scenarios under experiments/scenarios, for tests that hold for every one of them.
#ifndef TICKWIRE_TESTS_SUPPORT_SHIPPED_SCENARIOS_H_
#define TICKWIRE_TESTS_SUPPORT_SHIPPED_SCENARIOS_H_

#include <string>
#include <vector>

#include "topologies/scenario_loader.h"

namespace tickwire {

// "sip/basic_call", ... sorted.
std::vector<std::string> ShippedScenarioNames();
std::string PathOfShippedScenario(const std::string& name);
std::string DirectoryOfShippedScenario(const std::string& name);
// Fails the test if it is not valid.
LoadResult LoadShippedScenario(const std::string& name,
                               const std::vector<std::string>& assignments = {});
// For names of parameterised tests: "sip_basic_call".
std::string TestNameOf(const std::string& scenario);

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_SUPPORT_SHIPPED_SCENARIOS_H_
