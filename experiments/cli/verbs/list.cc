#include <algorithm>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "experiments/cli/scenario_directory.h"
#include "experiments/cli/verbs/verbs.h"
#include "topologies/scenario_loader.h"

namespace tickwire::cli {
namespace {

std::string TitleOf(const std::string& path) {
  std::string text;
  std::vector<Diagnostic> ignored;
  if (!ReadScenarioFile(path, text, ignored) || text.size() > kMaxScenarioBytes) return "";
  const SourceFile source(path, std::move(text));
  DiagnosticSink sink(source);
  scenario::Scenario scenario;
  text::LocationTree locations;
  text::ReadMessage(sink, {}, scenario, locations);
  return scenario.title();
}

int Run(const Arguments& arguments, Console& console) {
  const std::vector<ScenarioName> scenarios = ListScenarios();
  if (scenarios.empty()) {
    console.err << "tickwire list: no scenarios found; set TICKWIRE_SCENARIOS to their folder\n";
    if (arguments.Has("--json")) console.out << "[]\n";
    return kFailed;
  }
  size_t width = 0;
  for (const ScenarioName& scenario : scenarios) width = std::max(width, scenario.name.size());
  std::string json = "[";
  for (const ScenarioName& scenario : scenarios) {
    if (arguments.Has("--names")) {
      console.out << scenario.name << "\n";
    } else if (arguments.Has("--json")) {
      absl::StrAppend(&json, json.size() > 1 ? ",\n " : "",
                      "{\"name\": ", JsonString(scenario.name),
                      ", \"title\": ", JsonString(TitleOf(scenario.path)),
                      ", \"path\": ", JsonString(scenario.path), "}");
    } else {
      console.out << scenario.name << std::string(width - scenario.name.size() + 2, ' ')
                  << TitleOf(scenario.path) << "\n";
    }
  }
  if (arguments.Has("--json")) console.out << json << "]\n";
  return kGood;
}

}  // namespace

Command ListCommand() {
  return {"list",
          "list the scenarios that come along",
          "Prints the name and title of each scenario. A name can stand wherever a command takes a "
          "SCENARIO.",
          {},
          {{"--json", "", "", "an array of objects with name, title and path"},
           {"--names", "", "", "names only"}},
          {{"tickwire list", "All of them."},
           {"tickwire list --json | jq -r '.[].name'", "For scripts."}},
          {{kFailed, "there are no scenarios"}},
          Run};
}

}  // namespace tickwire::cli
