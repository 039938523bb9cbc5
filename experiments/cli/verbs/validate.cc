#include <ostream>

#include "experiments/cli/load.h"
#include "experiments/cli/scenario_directory.h"
#include "experiments/cli/verbs/verbs.h"

namespace tickwire::cli {
namespace {

int Run(const Arguments& arguments, Console& console) {
  std::vector<Diagnostic> all;
  int status = kGood;
  LoadOptions options;
  options.assignments = arguments.Values("--set");
  for (const std::string& name : arguments.words()) {
    const auto path = FindScenario(name);
    if (const auto* unknown = std::get_if<UnknownScenario>(&path)) {
      console.err << "tickwire validate: " << unknown->message << "\n";
      status = std::max<int>(status, kUsage);
      continue;
    }
    const LoadResult loaded = LoadScenarioFile(std::get<std::string>(path), options);
    if (!loaded.ok()) status = kInvalid;
    all.insert(all.end(), loaded.diagnostics.begin(), loaded.diagnostics.end());
    if (loaded.ok() && !arguments.Has("--json")) {
      console.err << name << ": good, " << loaded.expanded.node_size() << " nodes, "
                  << loaded.expanded.link_size() << " links, " << loaded.expanded.at_size()
                  << " actions, " << loaded.expanded.expect_size() << " expectations\n";
    }
  }
  if (arguments.Has("--json")) {
    console.out << DiagnosticsToJson(all);
  } else {
    console.err << FormatDiagnostics(all, console.color);
  }
  return status;
}

}  // namespace

Command ValidateCommand() {
  Argument scenarios = ScenarioArgument();
  scenarios.is_repeatable = true;
  return {
      "validate",
      "check scenarios without running them",
      "Tells every mistake at once, each with its place, what was expected and what may have been "
      "meant. `tickwire explain ID` tells more about a kind of mistake.",
      {scenarios},
      {SetOption(), {"--json", "", "", "an array of diagnostics on standard output, for editors"}},
      {{"tickwire validate my_scenario.textproto", "Check a file."},
       {"tickwire validate --json - < my_scenario.textproto", "Check what an editor holds."}},
      {{kInvalid, "a scenario is wrong"}},
      Run};
}

}  // namespace tickwire::cli
