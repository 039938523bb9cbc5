// Loading the scenario that a command line names.
#ifndef TICKWIRE_EXPERIMENTS_CLI_LOAD_H_
#define TICKWIRE_EXPERIMENTS_CLI_LOAD_H_

#include <optional>
#include <string>

#include "experiments/cli/command.h"
#include "topologies/scenario_loader.h"

namespace tickwire::cli {

// The option of every verb that loads a scenario.
Option SetOption();
// The argument SCENARIO.
Argument ScenarioArgument();

// Finds and loads it with the `--set` of the command line. On failure says why on console.err, sets
// `status` (kUsage for a name that is nowhere, else kInvalid) and returns nullopt. Warnings are
// told and do no harm.
std::optional<LoadResult> LoadNamed(const std::string& name, const Arguments& arguments,
                                    Console& console, int& status);

// Likewise, with assignments from elsewhere too.
std::optional<LoadResult> LoadNamed(const std::string& name,
                                    const std::vector<std::string>& assignments, Console& console,
                                    int& status);
// The folder of the scenario of that name, for the files that it names; "" if there is none.
std::string DirectoryOf(const std::string& name);

}  // namespace tickwire::cli

#endif  // TICKWIRE_EXPERIMENTS_CLI_LOAD_H_
