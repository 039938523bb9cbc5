#include "experiments/cli/scenario_directory.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "topologies/match/suggest.h"

namespace tickwire::cli {
namespace {

namespace fs = std::filesystem;

bool IsDirectory(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

}  // namespace

std::string ScenarioDirectory() {
  if (const char* stated = std::getenv("TICKWIRE_SCENARIOS"); stated && *stated) {
    return IsDirectory(stated) ? stated : "";
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    const fs::path installed =
        (program.parent_path() / "../share/tickwire/scenarios").lexically_normal();
    if (IsDirectory(installed)) return installed.string();
  }
  return IsDirectory(TICKWIRE_SCENARIO_SOURCE_DIR) ? TICKWIRE_SCENARIO_SOURCE_DIR : "";
}

std::vector<ScenarioName> ListScenarios() {
  std::vector<ScenarioName> out;
  const std::string directory = ScenarioDirectory();
  if (directory.empty()) return out;
  std::error_code error;
  for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() != kScenarioSuffix || !it->is_regular_file(error)) continue;
    const fs::path relative = it->path().lexically_relative(directory);
    out.push_back({(relative.parent_path() / relative.stem()).string(), it->path().string()});
  }
  std::sort(out.begin(), out.end(),
            [](const ScenarioName& a, const ScenarioName& b) { return a.name < b.name; });
  return out;
}

std::variant<std::string, UnknownScenario> FindScenario(const std::string& argument) {
  std::error_code error;
  if (argument == "-" || fs::is_regular_file(argument, error) || fs::is_fifo(argument, error) ||
      fs::is_character_file(argument, error)) {
    return argument;
  }
  const std::vector<ScenarioName> scenarios = ListScenarios();
  std::vector<absl::string_view> names;
  for (const ScenarioName& scenario : scenarios) {
    if (scenario.name == argument || scenario.name + kScenarioSuffix == argument) {
      return scenario.path;
    }
    names.push_back(scenario.name);
  }
  std::string nearest = Nearest(argument, names);
  // "basic_call" for "sip/basic_call".
  for (const ScenarioName& scenario : scenarios) {
    const std::string last = scenario.name.substr(scenario.name.rfind('/') + 1);
    if (nearest.empty() && last == argument) nearest = scenario.name;
  }
  return UnknownScenario{absl::StrCat(
      "there is no scenario \"", argument, "\": neither a file nor a name from `tickwire list`",
      nearest.empty() ? "" : absl::StrCat("\n  did you mean ", nearest, "?"),
      scenarios.empty() ? "\n  (no scenarios were found; set TICKWIRE_SCENARIOS to their folder)"
                        : "")};
}

}  // namespace tickwire::cli
