// Manifest: the record of a run: what was run, by what, and what came of it.
#ifndef TICKWIRE_EXPERIMENTS_RUN_MANIFEST_H_
#define TICKWIRE_EXPERIMENTS_RUN_MANIFEST_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "experiments/run/expectations.h"

namespace tickwire {

struct Manifest {
  std::string tool;    // "tickwire 0.1.0"
  std::string commit;  // of the source; "-dirty" if it had changes
  std::string compiler;
  std::string scenario;         // as it was named
  std::string scenario_digest;  // of the effective scenario's text
  uint64_t seed = 0;
  std::vector<std::string> assignments;  // --set
  std::string random_generator;          // names the algorithm, in case it ever changes
  uint32_t trace_version = 0;

  std::string digest;
  struct NodeDigest {
    std::string name;
    uint32_t records = 0;
    std::string digest;
  };
  std::vector<NodeDigest> nodes;
  uint64_t events = 0;
  int64_t virtual_time_ns = 0;
  std::string stopped;    // why the run ended
  bool complete = false;  // false if it was interrupted or could not be stored whole
  std::vector<ExpectationOutcome> expectations;
  std::map<std::string, int64_t> counters;
  std::map<std::string, int64_t>
      leftovers;  // what should have been gone when nothing was left to do
  std::vector<std::string> action_errors;

  // Measured, so never the same twice; kept apart in the file and part of nothing that is compared.
  double wall_time_s = 0;

  int held() const;
  int failed() const;
};

// manifest.json: indented, keys in a fixed order, a newline at the end.
std::string ManifestToJson(const Manifest& manifest);
absl::StatusOr<Manifest> ManifestFromJson(const std::string& json);
// DIR/manifest.json.
absl::StatusOr<Manifest> ReadManifest(const std::string& run_directory);
// For `tickwire run --json`: one line, the figures at the top level.
std::string SummaryToJson(const Manifest& manifest);

}  // namespace tickwire

#endif  // TICKWIRE_EXPERIMENTS_RUN_MANIFEST_H_
