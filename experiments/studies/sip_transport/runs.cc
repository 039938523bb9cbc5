#include "experiments/studies/sip_transport/runs.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "experiments/studies/interval.h"
#include "experiments/studies/sip_transport/meter.h"
#include "topologies/build/network.h"
#include "topologies/scenario_loader.h"

namespace tickwire::study {
namespace {

// What a worker writes for each cell; smaller than PIPE_BUF, so that it arrives whole.
struct Line {
  uint64_t cell;
  Result result;
  char error[160];  // empty: none
};
static_assert(sizeof(Line) < 512);

uint32_t IdOf(const std::vector<std::string>& names, const char* name) {
  return static_cast<uint32_t>(std::find(names.begin(), names.end(), name) - names.begin()) + 1;
}

void Work(int out, const std::string& scenario, const Design& design,
          const std::vector<Cell>& cells, size_t first, size_t step) {
  for (size_t i = first; i < cells.size(); i += step) {
    Line line{.cell = i, .result = {}, .error = {}};
    const absl::StatusOr<Result> result = RunOne(scenario, design, cells[i]);
    if (result.ok()) {
      line.result = *result;
    } else {
      const std::string text =
          absl::StrCat(Describe(cells[i].condition), ", ", NameOf(cells[i].carrier), ": ",
                       result.status().message());
      std::strncpy(line.error, text.c_str(), sizeof(line.error) - 1);
    }
    if (write(out, &line, sizeof(line)) != static_cast<ssize_t>(sizeof(line))) _exit(1);
  }
}

}  // namespace

const MeasureInfo& InfoOf(Measure measure) {
  static constexpr MeasureInfo kInfo[kMeasures] = {
      {"delay_mean", "s", "post-dial delay, mean"},
      {"delay_median", "s", "post-dial delay, median"},
      {"delay_p99", "s", "post-dial delay, 99th percentile"},
      {"failed", "share", "failed calls"},
      {"repeated_2xx", "per call", "2xx repeated from end to end"},
      {"sip_repetitions", "per call", "repetitions by timers A, E, G of the proxies"},
      {"transport_repetitions", "per call", "segments or chunks sent again on the trunk"},
      {"trunk_bytes", "bytes per call", "bytes on the trunk, IP headers included"},
      {"blocked", "ms per message", "head-of-line blocking"},
      {"blocked_share", "share", "messages that waited behind another"},
  };
  return kInfo[static_cast<size_t>(measure)];
}

absl::StatusOr<Result> RunOne(const std::string& scenario, const Design& design, const Cell& cell) {
  const LoadResult loaded =
      LoadScenarioFile(scenario, {.assignments = AssignmentsOf(design, cell)});
  if (!loaded.ok()) {
    return absl::InvalidArgumentError(FormatDiagnostics(loaded.diagnostics, /*color=*/false));
  }
  const std::vector<std::string> names = Network::NodeNames(loaded.effective);
  // A record header of TLS 1.3, the content type and the tag (RFC 8446 §5.2).
  constexpr int kTlsOverhead = 5 + 1 + 16;
  Meter meter({IdOf(names, "phones"), IdOf(names, "west"), IdOf(names, "east")},
              cell.carrier == Carrier::kTls ? kTlsOverhead : 0);
  auto network = Network::Build(loaded.effective, {.sink = &meter});
  if (!network.ok()) return network.status();
  (*network)->Run();
  std::map<std::string, int64_t> counters = (*network)->Counters();

  Result result;
  const auto set = [&](Measure measure, double value) {
    result.values[static_cast<size_t>(measure)] = value;
  };
  const double calls = static_cast<double>(std::max<int64_t>(1, counters["sip calls placed"]));
  const auto per_call = [&](auto count) { return static_cast<double>(count) / calls; };
  std::vector<double> delays = meter.PostDialDelays();
  std::sort(delays.begin(), delays.end());
  set(Measure::kDelayMean, IntervalOf(delays).mean);
  set(Measure::kDelayMedian, Quantile(delays, 0.5));
  set(Measure::kDelayP99, Quantile(delays, 0.99));
  set(Measure::kFailed, 1 - per_call(counters["sip calls answered"]));
  set(Measure::kRepeated2xx, per_call(counters["sip 2xx repeated"]));
  set(Measure::kSipRepetitions, per_call(meter.sip_repetitions()));
  set(Measure::kTransportRepetitions, per_call(meter.transport_repetitions()));
  set(Measure::kTrunkBytes, per_call(meter.trunk_bytes()));
  const double messages = static_cast<double>(std::max<uint64_t>(1, meter.trunk_messages()));
  set(Measure::kBlocked, 1000 * meter.blocked_seconds() / messages);
  set(Measure::kBlockedShare, static_cast<double>(meter.blocked_messages()) / messages);
  return result;
}

absl::StatusOr<std::vector<Result>> RunAll(const std::string& scenario, const Design& design,
                                           const std::vector<Cell>& cells, int jobs,
                                           const std::function<void(size_t done)>& progress) {
  int ends[2];
  if (pipe(ends) != 0) return absl::InternalError(absl::StrCat("pipe: ", std::strerror(errno)));
  std::vector<pid_t> workers;
  for (int i = 0; i < jobs; ++i) {
    const pid_t pid = fork();
    if (pid < 0) return absl::InternalError(absl::StrCat("fork: ", std::strerror(errno)));
    if (pid == 0) {
      close(ends[0]);
      Work(ends[1], scenario, design, cells, static_cast<size_t>(i), static_cast<size_t>(jobs));
      _exit(0);
    }
    workers.push_back(pid);
  }
  close(ends[1]);
  std::vector<Result> results(cells.size());
  std::string error;
  size_t done = 0;
  for (Line line; error.empty();) {
    const ssize_t got = read(ends[0], &line, sizeof(line));
    if (got < 0 && errno == EINTR) continue;
    if (got != static_cast<ssize_t>(sizeof(line))) break;
    error = line.error;
    results[line.cell] = line.result;
    progress(++done);
  }
  close(ends[0]);
  for (const pid_t pid : workers) {
    if (!error.empty()) kill(pid, SIGTERM);
    waitpid(pid, nullptr, 0);
  }
  if (!error.empty()) return absl::InternalError(error);
  if (done != cells.size()) {
    return absl::InternalError(
        absl::StrCat("a worker ended early; ", done, " of ", cells.size(), " runs are done"));
  }
  return results;
}

}  // namespace tickwire::study
