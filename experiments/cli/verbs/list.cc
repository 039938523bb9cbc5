#include <algorithm>
#include <ostream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "experiments/cli/scenario_directory.h"
#include "experiments/cli/verbs/verbs.h"
#include "topologies/match/suggest.h"
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

std::vector<ScenarioName> WithPrefix(std::vector<ScenarioName> scenarios,
                                     const std::string& prefix) {
  std::erase_if(scenarios, [&](const ScenarioName& scenario) {
    return !absl::StartsWith(scenario.name, prefix);
  });
  return scenarios;
}

// Why there is nothing to list: `all` do not begin with `prefix`.
std::string WhyNone(const std::vector<ScenarioName>& all, const std::string& prefix) {
  if (all.empty()) return "no scenarios found; set TICKWIRE_SCENARIOS to their folder\n";
  std::vector<absl::string_view> names;
  for (const ScenarioName& scenario : all) {
    names.push_back(absl::string_view(scenario.name).substr(0, scenario.name.find('/')));
    names.push_back(scenario.name);
  }
  const std::string nearest = Nearest(prefix, names);
  return absl::StrCat("no scenario's name begins with \"", prefix, "\"\n",
                      nearest.empty() ? "" : absl::StrCat("  did you mean ", nearest, "?\n"));
}

int Run(const Arguments& arguments, Console& console) {
  const std::vector<ScenarioName> all = ListScenarios();
  const std::vector<ScenarioName> scenarios = WithPrefix(all, arguments.word(0));
  if (scenarios.empty()) {
    console.err << "tickwire list: " << WhyNone(all, arguments.word(0));
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
          {{"PREFIX", "only those whose names begin so: sip, or sip/ack", WordKind::kScenario,
            /*is_optional=*/true}},
          {{"--json", "", "", "an array of objects with name, title and path"},
           {"--names", "", "", "names only"}},
          {{"tickwire list", "All of them."},
           {"tickwire list sip", "Those about SIP."},
           {"tickwire list --json | jq -r '.[].name'", "For scripts."}},
          {{kFailed, "there are no such scenarios"}},
          Run};
}

}  // namespace tickwire::cli
