#include <filesystem>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "experiments/cli/interrupt.h"
#include "experiments/cli/load.h"
#include "experiments/cli/progress_line.h"
#include "experiments/cli/verbs/verbs.h"
#include "experiments/export/text_ladder.h"
#include "experiments/run/runner.h"
#include "experiments/view/layered_ladder.h"

namespace tickwire::cli {
namespace {

// A run may go into a directory that is new, empty, or holds an earlier run.
bool MayHoldRun(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return true;
  if (!std::filesystem::is_directory(path, error)) return false;
  return std::filesystem::is_empty(path, error) ||
         std::filesystem::exists(path + "/trace", error) ||
         std::filesystem::exists(path + "/scenario.textproto", error);
}

void PrintExpectations(const Manifest& manifest, Console& console) {
  for (const ExpectationOutcome& outcome : manifest.expectations) {
    const bool color = console.color;
    const char* mark = outcome.held ? (color ? "\033[32mheld\033[0m  " : "held  ")
                                    : (color ? "\033[31;1mFAILED\033[0m" : "FAILED");
    console.err << "  " << mark << "  " << outcome.statement;
    if (!outcome.rule.empty()) console.err << "  [" << outcome.rule << "]";
    console.err << "\n";
    if (!outcome.held) console.err << "          found: " << outcome.found << "\n";
  }
}

void PrintSummary(const Manifest& m, bool judged, const std::string& out, Console& console) {
  const double virtual_s = static_cast<double>(m.virtual_time_ns) / 1e9;
  const double speed_up = m.wall_time_s > 0 ? virtual_s / m.wall_time_s : 0;
  console.err << m.scenario << ", seed " << m.seed << "\n";
  PrintExpectations(m, console);
  for (const auto& [name, value] : m.counters) {
    if (value != 0) console.err << absl::StrFormat("  %-28s %d\n", name, value);
  }
  for (const auto& [name, value] : m.leftovers) {
    console.err << absl::StrFormat("  warning: %d %s left at the end\n", value, name);
  }
  for (const std::string& error : m.action_errors) console.err << "  warning: " << error << "\n";
  console.err << absl::StrFormat(
      "  %.9g s of virtual time (%s), %d events in %.3f s: %.0f times real time\n", virtual_s,
      m.stopped, m.events, m.wall_time_s, speed_up);
  if (judged) {
    console.err << absl::StrFormat("  expectations: %d held, %d failed\n", m.held(), m.failed());
  } else {
    console.err << "  expectations: not judged, since nothing was traced\n";
  }
  console.err << "  digest " << m.digest << "\n";
  if (!out.empty()) {
    console.err << "  " << out << "/ holds the capture, the tables and the trace; "
                << "`tickwire ladder " << out << "` draws it\n";
  }
}

int Run(const Arguments& arguments, Console& console) {
  const std::string name = arguments.word(0);
  std::vector<std::string> assignments = arguments.Values("--set");
  const std::string seed = arguments.Value("--seed");
  if (!seed.empty()) assignments.push_back(absl::StrCat("seed=", seed));
  int status = kGood;
  const std::optional<LoadResult> loaded = LoadNamed(name, assignments, console, status);
  if (!loaded) return status;
  const std::string out = arguments.Value("--out");
  if (arguments.Has("--no-trace") && (!out.empty() || arguments.Has("--ladder"))) {
    console.err << "tickwire run: --no-trace leaves nothing for --out or --ladder; drop one\n";
    return kUsage;
  }

  if (arguments.Has("--json") && arguments.Has("--ladder")) {
    console.err << "tickwire run: --json and --ladder both want standard output; drop one\n";
    return kUsage;
  }
  if (!out.empty() && !MayHoldRun(out)) {
    console.err << "tickwire run: " << out
                << " exists and is no run directory; name a new one, or an empty one\n";
    return kUsage;
  }

  InterruptGuard interrupt;
  ProgressLine progress(console.err, console.err_is_terminal);
  std::string ladder;
  RunOptions options{.scenario_name = name,
                     .directory = DirectoryOf(name),
                     .assignments = assignments,
                     .out = out,
                     .with_trace = !arguments.Has("--no-trace"),
                     .registry = console.registry};
  options.on_progress = [&](const RunProgress& now) {
    progress.Show(now);
    return !interrupt.was_interrupted();
  };
  if (console.err_is_terminal) {
    options.on_export = [&] {
      progress.Clear();
      console.err << "writing captures and tables ...\r" << std::flush;
    };
  }
  if (arguments.Has("--ladder")) {
    options.model_limits.most_journeys = LadderOptions().most_arrows;
    options.on_trace = [&](const RunModel& model, const Manifest&) {
      ladder = TextLadder(LayOutLayeredLadder(model, std::nullopt, {}));
    };
  }
  const absl::StatusOr<RunResult> result = RunScenario(*loaded, options);
  progress.Clear();
  if (!result.ok()) {
    console.err << "tickwire run: " << result.status().message() << "\n";
    return kFailed;
  }
  const Manifest& manifest = result->manifest;
  console.out << ladder;
  if (arguments.Has("--json")) {
    console.out << SummaryToJson(manifest);
  } else {
    PrintSummary(manifest, result->expectations_judged, out, console);
  }
  if (result->stopped == StopReason::kInterrupted) {
    console.err << "tickwire run: interrupted; what is written is whole up to "
                << ToString(Duration::Nanos(manifest.virtual_time_ns)) << "\n";
    if (!out.empty() && !result->exported) {
      console.err << "  captures and tables were left out; `tickwire export all " << out
                  << "` makes them\n";
    }
    return kInterrupted;
  }
  return manifest.failed() == 0 ? kGood : kFailed;
}

}  // namespace

Command RunCommand() {
  return {"run",
          "run a scenario and judge its expectations",
          "Runs a scenario in virtual time. With --out, writes a run directory: the effective "
          "scenario, manifest.json, the trace, capture.pcapng and captures/ for Wireshark, "
          "messages.csv, timers.csv and samples.csv.\nThe same scenario and seed give the same "
          "digest on every "
          "machine. Ctrl-C ends the run between two events; what is written is valid.",
          {ScenarioArgument()},
          {{"--seed", "", "N", "seed of all randomness, instead of the scenario's"},
           SetOption(),
           {"--out", "-o", "DIR", "write a run directory", WordKind::kDirectory},
           {"--ladder", "", "", "print the ladder diagram on standard output"},
           {"--json", "", "", "print one JSON object on standard output instead of the summary"},
           {"--no-trace", "", "", "run for the digest alone: fastest, expectations not judged"}},
          {{"tickwire run sip/basic_call --ladder", "Watch a call."},
           {"tickwire run sip/lossy_call --seed 3 --set link[0].both.loss=20% --out run1",
            "Another seed, more loss, everything written."},
           {"tickwire run my.textproto --json | jq .expectations", "For scripts."}},
          {{kFailed, "an expectation failed, or the run could not be built or stored"},
           {kInvalid, "the scenario is wrong; nothing ran"},
           {kInterrupted, "interrupted; the files are valid up to there"}},
          Run};
}

}  // namespace tickwire::cli
