// Runs of the study: one cell each, on as many processes as wanted; the results do not depend on
// how many there are.
#ifndef TICKWIRE_EXPERIMENTS_STUDIES_SIP_TRANSPORT_RUNS_H_
#define TICKWIRE_EXPERIMENTS_STUDIES_SIP_TRANSPORT_RUNS_H_

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "experiments/studies/sip_transport/design.h"

namespace tickwire::study {

// What one run is measured by. Plain numbers, so that a result can go through a pipe.
enum class Measure : uint8_t {
  kDelayMean,             // post-dial delay, s
  kDelayMedian,           // s
  kDelayP99,              // s
  kFailed,                // share of the calls
  kRepeated2xx,           // end to end, for each call
  kSipRepetitions,        // by timers A, E, G of the proxies, for each call
  kTransportRepetitions,  // segments or chunks on the trunk, for each call
  kTrunkBytes,            // for each call, both directions, IP headers included
  kBlocked,               // head-of-line blocking, ms for each message on the trunk
  kBlockedShare,          // of the messages on the trunk
};
inline constexpr int kMeasures = 10;
struct MeasureInfo {
  const char* name;  // in tables
  const char* unit;
  const char* text;
};
const MeasureInfo& InfoOf(Measure measure);

struct Result {
  std::array<double, kMeasures> values{};
  double operator[](Measure measure) const { return values[static_cast<size_t>(measure)]; }
};

// `scenario`: path of the base. Runs `cells` on `jobs` processes; calls `progress` with how many
// are done. In the order of the cells. The first error ends it.
absl::StatusOr<std::vector<Result>> RunAll(const std::string& scenario, const Design& design,
                                           const std::vector<Cell>& cells, int jobs,
                                           const std::function<void(size_t done)>& progress);
absl::StatusOr<Result> RunOne(const std::string& scenario, const Design& design, const Cell& cell);

}  // namespace tickwire::study

#endif  // TICKWIRE_EXPERIMENTS_STUDIES_SIP_TRANSPORT_RUNS_H_
