// Command lines: splitting words into options and arguments, and dispatch to the verbs.
#ifndef TICKWIRE_EXPERIMENTS_CLI_COMMAND_LINE_H_
#define TICKWIRE_EXPERIMENTS_CLI_COMMAND_LINE_H_

#include <string>
#include <variant>
#include <vector>

#include "experiments/cli/command.h"

namespace tickwire::cli {

// What is wrong with a command line, and what to do instead.
struct UsageError {
  std::string message;
  std::string hint;
};

// `words` come after the verb. Options are `--name value`, `--name=value` or `-n value`, before or
// after the arguments; `--` ends them; `-` is an argument.
std::variant<Arguments, UsageError> ParseCommandLine(const Command& command,
                                                     const std::vector<std::string>& words);

// Options that every verb takes: --help and --color.
const std::vector<Option>& CommonOptions();

// The whole program: `words` are argv without the program's name. Returns the exit status.
int RunCommandLine(const std::vector<std::string>& words, Console& console);

}  // namespace tickwire::cli

#endif  // TICKWIRE_EXPERIMENTS_CLI_COMMAND_LINE_H_
