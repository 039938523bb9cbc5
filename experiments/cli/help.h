// Help texts, all made from the command table.
#ifndef TICKWIRE_EXPERIMENTS_CLI_HELP_H_
#define TICKWIRE_EXPERIMENTS_CLI_HELP_H_

#include <string>

#include "experiments/cli/command.h"

namespace tickwire::cli {

// What `tickwire` alone prints: ten lines to begin with.
std::string Guide();
// All commands in a line each.
std::string Overview();
// One verb: usage, description, arguments, options, exit statuses, examples.
std::string HelpFor(const Command& command);
// "tickwire list [--json]"
std::string UsageLine(const Command& command);
// "--out DIR, -o DIR"
std::string OptionSyntax(const Option& option);
// Breaks `text` into lines of at most `width` columns, each after `indent` spaces.
std::string Wrap(absl::string_view text, size_t indent, size_t width = 90);
// The exit statuses of a command with their meaning, its own words first.
std::vector<std::pair<int, std::string>> StatusesOf(const Command& command);

}  // namespace tickwire::cli

#endif  // TICKWIRE_EXPERIMENTS_CLI_HELP_H_
