#include "experiments/cli/command_table.h"

#include "experiments/cli/verbs/verbs.h"

namespace tickwire::cli {

const std::vector<Command>& Commands() {
  static const std::vector<Command>& commands = *new std::vector<Command>{
      ListCommand(),   RunCommand(),        LadderCommand(),  ExplainDelayCommand(),
      ShowCommand(),   ValidateCommand(),   FmtCommand(),     DecodeCommand(),
      StudyCommand(),  ExportCommand(),     ExplainCommand(), VersionCommand(),
      DoctorCommand(), CompletionCommand(), ManCommand(),     HelpCommand(),
  };
  return commands;
}

const Command* FindCommand(absl::string_view name) {
  for (const Command& command : Commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

}  // namespace tickwire::cli
