#include "experiments/cli/help.h"

#include <ostream>

#include "experiments/cli/command_table.h"
#include "experiments/cli/verbs/verbs.h"
#include "topologies/match/suggest.h"

namespace tickwire::cli {
namespace {

int Run(const Arguments& arguments, Console& console) {
  if (arguments.words().empty()) {
    console.out << Overview();
    return kGood;
  }
  if (const Command* command = FindCommand(arguments.word(0))) {
    console.out << HelpFor(*command);
    return kGood;
  }
  std::vector<absl::string_view> names;
  for (const Command& command : Commands()) names.push_back(command.name);
  const std::string nearest = Nearest(arguments.word(0), names);
  console.err << "tickwire help: unknown command \"" << arguments.word(0) << "\"\n";
  if (!nearest.empty()) console.err << "  did you mean " << nearest << "?\n";
  return kUsage;
}

}  // namespace

Command HelpCommand() {
  return {
      "help",
      "list the commands, or show one",
      "Without an argument lists all commands; with one shows its arguments, options and examples.",
      {{"COMMAND", "a command", WordKind::kText, true}},
      {},
      {{"tickwire help validate", "The same as `tickwire validate --help`."}},
      {},
      Run};
}

}  // namespace tickwire::cli
