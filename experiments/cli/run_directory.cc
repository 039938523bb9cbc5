#include "experiments/cli/run_directory.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "experiments/run/manifest.h"
#include "topologies/scenario_loader.h"

namespace tickwire::cli {

absl::StatusOr<RunDirectory> RunDirectory::Open(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) {
    return absl::NotFoundError(absl::StrCat(
        path, " is no directory; `tickwire run SCENARIO --out DIR` makes a run directory"));
  }
  RunDirectory run;
  auto trace = TraceReader::Open(path + "/trace");
  if (!trace.ok()) return trace.status();
  run.trace_ = std::move(*trace);
  if (!run.trace_->is_complete()) {
    run.warnings_.push_back(absl::StrCat(path, "/trace was cut short; showing the ",
                                         run.trace_->size(), " records that are whole"));
  }
  LoadResult loaded = LoadScenarioFile(path + "/scenario.textproto", {});
  if (!loaded.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, "/scenario.textproto cannot be read:\n",
                     FormatDiagnostics(loaded.diagnostics, /*color=*/false)));
  }
  run.scenario_ = std::make_unique<scenario::Scenario>(std::move(loaded.effective));
  const absl::StatusOr<Manifest> manifest = ReadManifest(path);
  if (manifest.ok()) {
    run.digest_ = manifest->digest;
  } else {
    run.warnings_.push_back(std::string(manifest.status().message()));
  }
  return run;
}

}  // namespace tickwire::cli
