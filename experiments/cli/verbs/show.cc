#include <ostream>

#include "experiments/cli/load.h"
#include "experiments/cli/verbs/verbs.h"
#include "topologies/scenario_printer.h"

namespace tickwire::cli {
namespace {

int Run(const Arguments& arguments, Console& console) {
  int status = kGood;
  const std::optional<LoadResult> loaded = LoadNamed(arguments.word(0), arguments, console, status);
  if (!loaded) return status;
  console.out << PrintScenario(arguments.Has("--full") ? loaded->effective : loaded->expanded);
  return kGood;
}

}  // namespace

Command ShowCommand() {
  return {"show",
          "print a scenario with its shorthands expanded",
          "Prints plain nodes and links with all names and addresses, as scenario text that can be "
          "run itself.",
          {ScenarioArgument()},
          {SetOption(), {"--full", "", "", "fill in every default as well"}},
          {{"tickwire show net/ttl_exceeded", "Which routers the chain made, and their addresses."},
           {"tickwire show sip/lossy_call --full --set link[0].both.loss=5%",
            "Every parameter that a run would use."}},
          {{kInvalid, "the scenario is wrong"}},
          Run};
}

}  // namespace tickwire::cli
