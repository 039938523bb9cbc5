// Where the scenarios that come along are, and their names.
#ifndef TICKWIRE_EXPERIMENTS_CLI_SCENARIO_DIRECTORY_H_
#define TICKWIRE_EXPERIMENTS_CLI_SCENARIO_DIRECTORY_H_

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tickwire::cli {

inline constexpr char kScenarioSuffix[] = ".textproto";

// $TICKWIRE_SCENARIOS; else ../share/tickwire/scenarios beside the program, where it is installed;
// else experiments/scenarios of the source tree that this was built from. "" if none of them
// exists.
std::string ScenarioDirectory();

struct ScenarioName {
  std::string name;  // "sip/basic_call"
  std::string path;
};
// All below the directory, sorted by name. Empty if there is no directory.
std::vector<ScenarioName> ListScenarios();

// The path of a SCENARIO argument: "-", a file, or a name from ListScenarios(). Otherwise a message
// of one or more lines that says what to do.
struct UnknownScenario {
  std::string message;
};
std::variant<std::string, UnknownScenario> FindScenario(const std::string& argument);

}  // namespace tickwire::cli

#endif  // TICKWIRE_EXPERIMENTS_CLI_SCENARIO_DIRECTORY_H_
