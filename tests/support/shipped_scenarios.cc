#include "tests/support/shipped_scenarios.h"

#include <algorithm>
#include <filesystem>

#include "gtest/gtest.h"
#include "topologies/diagnostic.h"

namespace tickwire {
namespace {

namespace fs = std::filesystem;
const fs::path kFolder = fs::path(TICKWIRE_SOURCE_DIR) / "experiments" / "scenarios";

}  // namespace

std::vector<std::string> ShippedScenarioNames() {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(kFolder)) {
    if (entry.path().extension() != ".textproto") continue;
    names.push_back(fs::relative(entry.path(), kFolder).replace_extension().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string PathOfShippedScenario(const std::string& name) {
  return (kFolder / (name + ".textproto")).string();
}

std::string DirectoryOfShippedScenario(const std::string& name) {
  return fs::path(PathOfShippedScenario(name)).parent_path().string();
}

LoadResult LoadShippedScenario(const std::string& name,
                               const std::vector<std::string>& assignments) {
  LoadOptions options;
  options.assignments = assignments;
  LoadResult loaded = LoadScenarioFile(PathOfShippedScenario(name), options);
  EXPECT_TRUE(loaded.ok()) << FormatDiagnostics(loaded.diagnostics, /*color=*/false);
  return loaded;
}

std::string TestNameOf(const std::string& scenario) {
  std::string name = scenario;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return !std::isalnum(c); }, '_');
  return name;
}

}  // namespace tickwire
