// One function for each verb; its definition is in the file of that name. Adding a verb: that file,
// a line here and a line in ../command_table.cc.
#ifndef TICKWIRE_EXPERIMENTS_CLI_VERBS_VERBS_H_
#define TICKWIRE_EXPERIMENTS_CLI_VERBS_VERBS_H_

#include "experiments/cli/command.h"

namespace tickwire::cli {

Command ListCommand();
Command RunCommand();
Command ShowCommand();
Command ValidateCommand();
Command FmtCommand();
Command ExplainCommand();
Command ExplainDelayCommand();
Command LadderCommand();
Command ExportCommand();
Command DecodeCommand();
Command VersionCommand();
Command DoctorCommand();
Command CompletionCommand();
Command ManCommand();
Command StudyCommand();
Command HelpCommand();

}  // namespace tickwire::cli

#endif  // TICKWIRE_EXPERIMENTS_CLI_VERBS_VERBS_H_
