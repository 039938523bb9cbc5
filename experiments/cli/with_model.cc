#include "experiments/cli/with_model.h"

#include <filesystem>
#include <optional>
#include <ostream>

#include "experiments/cli/load.h"
#include "experiments/cli/run_directory.h"
#include "experiments/run/runner.h"

namespace tickwire::cli {

int WithModel(absl::string_view verb, const RunToLookAt& run, Console& console,
              const std::function<void(const RunModel&, const std::string& digest)>& look) {
  std::error_code error;
  if (std::filesystem::is_directory(run.name, error)) {
    const absl::StatusOr<RunDirectory> opened = RunDirectory::Open(run.name);
    if (!opened.ok()) {
      console.err << "tickwire " << verb << ": " << opened.status().message() << "\n";
      return kFailed;
    }
    for (const std::string& warning : opened->warnings()) {
      console.err << "tickwire " << verb << ": " << warning << "\n";
    }
    look(RunModel(opened->trace(), opened->scenario(), run.limits), opened->digest());
    return kGood;
  }
  if (std::filesystem::path(run.name).filename() == "trace" ||
      std::filesystem::path(run.name).extension() == ".pcapng") {
    console.err << "tickwire " << verb << ": " << run.name
                << " is a part of a run: name its directory\n";
    return kUsage;
  }
  int status = kGood;
  const std::optional<LoadResult> loaded = LoadNamed(run.name, run.assignments, console, status);
  if (!loaded) return status;
  RunOptions options{
      .scenario_name = run.name, .directory = DirectoryOf(run.name), .registry = console.registry};
  options.model_limits = run.limits;
  options.on_trace = [&](const RunModel& model, const Manifest& manifest) {
    look(model, manifest.digest);
  };
  const absl::StatusOr<RunResult> result = RunScenario(*loaded, options);
  if (result.ok()) return kGood;
  console.err << "tickwire " << verb << ": " << result.status().message() << "\n";
  return kFailed;
}

}  // namespace tickwire::cli
