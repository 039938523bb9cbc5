// Shell completion scripts, made from the command table.
#ifndef TICKWIRE_EXPERIMENTS_CLI_COMPLETION_H_
#define TICKWIRE_EXPERIMENTS_CLI_COMPLETION_H_

#include <string>

namespace tickwire::cli {

// Names of scenarios and error ids are asked of `tickwire` itself while completing.
std::string BashCompletion();
std::string ZshCompletion();
std::string FishCompletion();

}  // namespace tickwire::cli

#endif  // TICKWIRE_EXPERIMENTS_CLI_COMPLETION_H_
