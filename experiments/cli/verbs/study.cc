#include <algorithm>
#include <chrono>
#include <filesystem>
#include <ostream>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "experiments/cli/scenario_directory.h"
#include "experiments/cli/verbs/verbs.h"
#include "experiments/studies/sip_transport/report.h"

namespace tickwire::cli {
namespace {

namespace fs = std::filesystem;

constexpr absl::string_view kStudies[] = {"sip_transport"};

// How far it is and how long it will still take, on one line of a terminal.
class StudyProgress {
 public:
  StudyProgress(Console& console, size_t runs) : console_(console), runs_(runs) {}
  ~StudyProgress() {
    if (shown_) console_.err << "\r\033[K";
  }
  void Show(size_t done) {
    const auto now = std::chrono::steady_clock::now();
    if (!console_.err_is_terminal || now - last_ < std::chrono::milliseconds(200)) return;
    last_ = now;
    shown_ = true;
    const double seconds = std::chrono::duration<double>(now - begin_).count();
    const double left = seconds / static_cast<double>(done) * static_cast<double>(runs_ - done);
    console_.err << "\r\033[K" << done << " of " << runs_ << " runs, "
                 << static_cast<int>(static_cast<double>(done) / seconds) << "/s, "
                 << static_cast<int>(left) << " s left" << std::flush;
  }

 private:
  Console& console_;
  const size_t runs_;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_ = begin_;
  bool shown_ = false;
};

int Run(const Arguments& arguments, Console& console) {
  const std::string name = arguments.word(0);
  if (std::find(std::begin(kStudies), std::end(kStudies), name) == std::end(kStudies)) {
    console.err << "tickwire study: there is no study \"" << name << "\"; there is " << kStudies[0]
                << "\n";
    return kUsage;
  }
  const fs::path base = fs::path(ScenarioDirectory()) / ".." / "studies" / name / "trunk.textproto";
  if (!fs::is_regular_file(base)) {
    console.err << "tickwire study: " << base.lexically_normal().string()
                << " is not there; set TICKWIRE_SCENARIOS to the folder beside `studies`\n";
    return kFailed;
  }
  int jobs = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  if (arguments.Has("--jobs") &&
      (!absl::SimpleAtoi(arguments.Value("--jobs"), &jobs) || jobs < 1 || jobs > 1024)) {
    console.err << "tickwire study: --jobs takes a number from 1 to 1024\n";
    return kUsage;
  }
  const std::string out = arguments.Value("--out", absl::StrCat("study-", name));
  std::error_code error;
  fs::create_directories(out, error);
  if (error) {
    console.err << "tickwire study: cannot make " << out << ": " << error.message() << "\n";
    return kFailed;
  }
  const study::Design design = arguments.Has("--full") ? study::FullDesign() : study::QuickDesign();
  const std::vector<study::Cell> cells = study::CellsOf(design);
  absl::StatusOr<std::vector<study::Result>> results;
  {
    StudyProgress progress(console, cells.size());
    results = study::RunAll(base.lexically_normal().string(), design, cells, jobs,
                            [&](size_t done) { progress.Show(done); });
  }
  if (!results.ok()) {
    console.err << "tickwire study: " << results.status().message() << "\n";
    return kFailed;
  }
  const study::Report report(design, cells, *results);
  if (const absl::Status written = report.WriteTo(out); !written.ok()) {
    console.err << "tickwire study: " << written.message() << "\n";
    return kFailed;
  }
  for (const study::Condition& condition : design.conditions) {
    console.out << report.Table(condition) << "\n";
  }
  console.err << cells.size() << " runs; runs.csv, summary.csv and figures are in " << out << "\n";
  return kGood;
}

}  // namespace

Command StudyCommand() {
  return {
      "study",
      "run a study that ships with tickwire",
      "Runs all conditions of a study with replications and common random numbers, on several "
      "processes, and writes its tables (runs.csv, summary.csv) and figures. The results are the "
      "same for any number of processes.\n"
      "sip_transport: which transport should carry SIP between two proxies? UDP, TCP without and "
      "with SACK and with RACK-TLP, TLS, and SCTP unordered, ordered and by stream, over loss, "
      "round "
      "trip and load.",
      {{.name = "STUDY",
        .doc = "its name",
        .kind = WordKind::kChoice,
        .choices = {std::begin(kStudies), std::end(kStudies)}}},
      {{"--quick", "", "", "each factor alone, few replications: under a minute (the default)"},
       {"--full", "", "", "all combinations, more replications: see the study's README"},
       {"--out", "-o", "DIR", "where the results go (study-STUDY)", WordKind::kDirectory},
       {"--jobs", "-j", "N", "processes (all processors)"}},
      {{"tickwire study sip_transport --quick --out results",
        "Tables on the terminal, figures in results/."}},
      {{kFailed, "a run failed, or the results could not be written"}},
      Run};
}

}  // namespace tickwire::cli
