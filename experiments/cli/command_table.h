// The table of commands: the one list from which dispatch, help, completion and man page come.
#ifndef TICKWIRE_EXPERIMENTS_CLI_COMMAND_TABLE_H_
#define TICKWIRE_EXPERIMENTS_CLI_COMMAND_TABLE_H_

#include <vector>

#include "experiments/cli/command.h"

namespace tickwire::cli {

// In the order in which help shows them.
const std::vector<Command>& Commands();
// nullptr if there is none.
const Command* FindCommand(absl::string_view name);

}  // namespace tickwire::cli

#endif  // TICKWIRE_EXPERIMENTS_CLI_COMMAND_TABLE_H_
