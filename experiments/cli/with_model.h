// The model of a run, whichever way the user names it: a run directory, or a scenario to run first.
#ifndef TICKWIRE_EXPERIMENTS_CLI_WITH_MODEL_H_
#define TICKWIRE_EXPERIMENTS_CLI_WITH_MODEL_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "experiments/cli/command.h"
#include "experiments/view/run_model.h"

namespace tickwire::cli {

struct RunToLookAt {
  std::string name;                      // as the user gave it
  std::vector<std::string> assignments;  // of --set; only a scenario takes them
  RunModelLimits limits;
};

// Calls `look` once with the model and the run's digest. Returns kGood, or says on `console.err`
// for `verb` what is wrong.
int WithModel(absl::string_view verb, const RunToLookAt& run, Console& console,
              const std::function<void(const RunModel&, const std::string& digest)>& look);

}  // namespace tickwire::cli

#endif  // TICKWIRE_EXPERIMENTS_CLI_WITH_MODEL_H_
