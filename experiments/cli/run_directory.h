// RunDirectory: a run that `tickwire run --out` wrote, opened for reading.
#ifndef TICKWIRE_EXPERIMENTS_CLI_RUN_DIRECTORY_H_
#define TICKWIRE_EXPERIMENTS_CLI_RUN_DIRECTORY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "sim_core/trace/trace_reader.h"
#include "topologies/scenario.pb.h"

namespace tickwire::cli {

class RunDirectory {
 public:
  // Needs DIR/trace and DIR/scenario.textproto; a missing or damaged manifest is a warning.
  static absl::StatusOr<RunDirectory> Open(const std::string& path);

  const TraceReader& trace() const { return *trace_; }
  const scenario::Scenario& scenario() const { return *scenario_; }
  const std::string& digest() const { return digest_; }  // "unknown" without a manifest
  // What is not as it should be: "the trace ends before its end: ...".
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  std::unique_ptr<TraceReader> trace_;
  std::unique_ptr<scenario::Scenario> scenario_;
  std::string digest_ = "unknown";
  std::vector<std::string> warnings_;
};

}  // namespace tickwire::cli

#endif  // TICKWIRE_EXPERIMENTS_CLI_RUN_DIRECTORY_H_
