#include "experiments/cli/load.h"

#include <filesystem>
#include <ostream>

#include "experiments/cli/scenario_directory.h"

namespace tickwire::cli {

Option SetOption() {
  return {"--set",         "", "PATH=VALUE", "change a field, as in link[0].both.loss=5%",
          WordKind::kText, {}, true};
}

Argument ScenarioArgument() {
  return {"SCENARIO", "a scenario file, a name from `tickwire list`, or - for standard input",
          WordKind::kScenario};
}

std::optional<LoadResult> LoadNamed(const std::string& name, const Arguments& arguments,
                                    Console& console, int& status) {
  return LoadNamed(name, arguments.Values("--set"), console, status);
}

std::optional<LoadResult> LoadNamed(const std::string& name,
                                    const std::vector<std::string>& assignments, Console& console,
                                    int& status) {
  const auto path = FindScenario(name);
  if (const auto* unknown = std::get_if<UnknownScenario>(&path)) {
    console.err << "tickwire: " << unknown->message << "\n";
    status = kUsage;
    return std::nullopt;
  }
  LoadOptions options;
  options.assignments = assignments;
  LoadResult loaded = LoadScenarioFile(std::get<std::string>(path), options);
  console.err << FormatDiagnostics(loaded.diagnostics, console.color);
  if (!loaded.ok()) {
    status = kInvalid;
    return std::nullopt;
  }
  status = kGood;
  return loaded;
}

std::string DirectoryOf(const std::string& name) {
  const auto path = FindScenario(name);
  const auto* found = std::get_if<std::string>(&path);
  if (found == nullptr || *found == "-") return "";
  const std::string parent = std::filesystem::path(*found).parent_path().string();
  return parent.empty() ? "." : parent;
}

}  // namespace tickwire::cli
