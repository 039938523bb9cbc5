#include "experiments/run/runner.h"

#include <stdlib.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "experiments/export/complete_file.h"
#include "experiments/export/run_export.h"
#include "experiments/run/build_info.h"
#include "experiments/run/expectations.h"
#include "sim_core/trace/trace_reader.h"
#include "sim_core/trace/trace_writer.h"
#include "topologies/scenario_printer.h"

namespace tickwire {
namespace {

namespace fs = std::filesystem;

// A directory for a run that nobody keeps; gone with this object.
class TemporaryDirectory {
 public:
  static absl::StatusOr<TemporaryDirectory> Create() {
    std::error_code error;
    std::string pattern = (fs::temp_directory_path(error) / "tickwire-XXXXXX").string();
    if (error || mkdtemp(pattern.data()) == nullptr) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot create ", pattern));
    }
    return TemporaryDirectory(std::move(pattern));
  }
  TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

absl::Status WriteFile(const std::string& path, const std::string& content) {
  CompleteFile file(path);
  file.out() << content;
  return file.Commit();
}

void Describe(const LoadResult& loaded, const RunOptions& options, const std::string& effective,
              Manifest& manifest) {
  const BuildInfo& build = GetBuildInfo();
  manifest.tool = absl::StrCat("tickwire ", build.version);
  manifest.commit = build.commit;
  manifest.compiler = build.compiler;
  manifest.scenario = options.scenario_name;
  manifest.scenario_digest =
      ToString(DigestOf({reinterpret_cast<const uint8_t*>(effective.data()), effective.size()}));
  manifest.seed = loaded.effective.seed();
  manifest.assignments = options.assignments;
  manifest.random_generator = "Philox4x32-10 keyed by XXH3-128";
  manifest.trace_version = kTraceVersion;
}

void Conclude(Network& network, StopReason stopped, Manifest& manifest) {
  Simulator& simulator = network.simulator();
  manifest.digest = ToString(simulator.digest());
  for (const Node& node : simulator.nodes()) {
    manifest.nodes.push_back(
        {node.name(), node.trace().record_count(), ToString(node.trace().digest())});
  }
  manifest.events = simulator.events();
  manifest.virtual_time_ns = simulator.now().nanos();
  manifest.stopped = ToString(stopped);
  manifest.complete = stopped != StopReason::kInterrupted;
  manifest.counters = network.Counters();
  if (stopped == StopReason::kNoMoreEvents) manifest.leftovers = network.Leftovers();
  manifest.action_errors = network.action_errors();
}

}  // namespace

absl::StatusOr<RunResult> RunScenario(const LoadResult& loaded, const RunOptions& options) {
  std::optional<TemporaryDirectory> temporary;
  std::string directory = options.out;
  if (directory.empty()) {
    absl::StatusOr<TemporaryDirectory> made = TemporaryDirectory::Create();
    if (!made.ok()) return made.status();
    temporary.emplace(std::move(*made));
    directory = temporary->path();
  }
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    return absl::UnknownError(absl::StrCat("cannot create ", directory, ": ", error.message()));
  }
  const bool keeps = !options.out.empty();
  const std::string effective = PrintScenario(loaded.effective);
  if (keeps) {
    absl::Status status = WriteFile(directory + "/scenario.textproto", effective);
    if (!status.ok()) return status;
  }
  RunResult result;
  Describe(loaded, options, effective, result.manifest);

  const std::string trace_path = directory + "/trace";
  std::unique_ptr<TraceWriter> writer;
  if (options.with_trace) {
    auto created = TraceWriter::Create(trace_path, Network::NodeNames(loaded.effective));
    if (!created.ok()) return created.status();
    writer = std::move(*created);
  }
  {
    auto network = Network::Build(
        loaded.effective,
        {.registry = options.registry, .directory = options.directory, .sink = writer.get()});
    if (!network.ok()) return network.status();
    Simulator& simulator = (*network)->simulator();
    if (options.on_progress) {
      simulator.set_watch([&] {
        return options.on_progress({simulator.now(), (*network)->stop_at(), simulator.events()});
      });
    }
    // The wall clock measures the run; nothing in the run sees it.
    const auto begin = std::chrono::steady_clock::now();
    result.stopped = (*network)->Run();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
    Conclude(**network, result.stopped, result.manifest);
    result.manifest.wall_time_s = wall.count();
  }
  absl::Status stored;
  if (writer != nullptr) {
    stored = writer->Finish();
    writer.reset();
    if (!stored.ok()) result.manifest.complete = false;
    auto trace = TraceReader::Open(trace_path);
    if (!trace.ok()) return trace.status();
    result.manifest.expectations = JudgeExpectations(loaded.effective, **trace);
    result.expectations_judged = true;
    if (options.on_trace)
      options.on_trace(RunModel(**trace, loaded.effective, options.model_limits), result.manifest);
    // Whoever interrupts a long run does not want to wait for gigabytes of tables.
    const bool hurried = result.stopped == StopReason::kInterrupted && (*trace)->size() > 1'000'000;
    result.exported = keeps && stored.ok() && !hurried;
    if (result.exported) {
      if (options.on_export) options.on_export();
      stored = ExportAll(**trace, loaded.effective, result.manifest.digest, directory);
    }
  }
  if (keeps) {
    const absl::Status status =
        WriteFile(directory + "/manifest.json", ManifestToJson(result.manifest));
    if (stored.ok()) stored = status;
  }
  if (!stored.ok()) return stored;
  return result;
}

const char* ToString(StopReason reason) {
  switch (reason) {
    case StopReason::kEndTime:
      return "end time";
    case StopReason::kPredicate:
      return "predicate";
    case StopReason::kNoMoreEvents:
      return "no more events";
    case StopReason::kEventLimit:
      return "event limit";
    case StopReason::kInterrupted:
      return "interrupted";
  }
  return "?";
}

}  // namespace tickwire
