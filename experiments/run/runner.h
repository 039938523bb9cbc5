// Runner: runs one loaded scenario and writes its run directory.
//
//   DIR/scenario.textproto   what was run: expanded, with every default
//   DIR/manifest.json        by what, and what came of it (manifest.h)
//   DIR/trace                everything that happened (sim_core/trace/trace_file.h)
//   DIR/capture.pcapng, captures/, messages.csv, timers.csv, samples.csv, connections.csv   made
//                            from the trace
//
// The trace is the truth; whatever else there is can be made from it again (`tickwire export`).
#ifndef TICKWIRE_EXPERIMENTS_RUN_RUNNER_H_
#define TICKWIRE_EXPERIMENTS_RUN_RUNNER_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "experiments/run/manifest.h"
#include "experiments/view/run_model.h"
#include "sim_core/run/simulator.h"
#include "topologies/build/network.h"
#include "topologies/scenario_loader.h"

namespace tickwire {

// What a running scenario tells of itself while it runs.
struct RunProgress {
  SimTime now;
  SimTime stop_at;
  uint64_t events;
};

struct RunOptions {
  std::string scenario_name;             // for the manifest
  std::string directory;                 // of the scenario file
  std::vector<std::string> assignments;  // --set, for the manifest
  std::string out;                       // run directory; empty: nothing is kept
  bool with_trace = true;                // without, expectations cannot be judged
  const Registry* registry = nullptr;    // null: Registry::Standard()
  // Called with what the trace shows, after the run. May be null.
  std::function<void(const RunModel&, const Manifest&)> on_trace;
  RunModelLimits model_limits;  // for on_trace
  // Called when the run is over and its captures and tables are about to be written. May be null.
  std::function<void()> on_export;
  // Called now and then; false ends the run at an event boundary. May be null.
  std::function<bool(const RunProgress&)> on_progress;
};

struct RunResult {
  Manifest manifest;
  StopReason stopped;
  bool expectations_judged = false;
  bool exported = false;  // captures and tables were written
};

// Fails if the scenario cannot be built (a file that it names, say) or the directory cannot be
// written; what was complete stays there.
absl::StatusOr<RunResult> RunScenario(const LoadResult& loaded, const RunOptions& options);

// "end time", "no more events", ...
const char* ToString(StopReason reason);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_RUN_RUNNER_H_
