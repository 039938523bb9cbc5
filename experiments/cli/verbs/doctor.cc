#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "experiments/cli/scenario_directory.h"
#include "experiments/cli/verbs/verbs.h"
#include "experiments/cli/version.h"
#include "topologies/scenario_loader.h"
#include "topologies/scenario_printer.h"

namespace tickwire::cli {
namespace {

bool IsOnPath(const std::string& program) {
  const char* path = std::getenv("PATH");
  for (const absl::string_view folder : absl::StrSplit(path ? path : "", ':')) {
    if (access(absl::StrCat(folder, "/", program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

class Examination {
 public:
  explicit Examination(Console& console) : console_(console) {}
  void Good(absl::string_view what) { console_.out << "  ok    " << what << "\n"; }
  void Note(absl::string_view what) { console_.out << "  note  " << what << "\n"; }
  void Bad(absl::string_view what) {
    console_.out << "  BAD   " << what << "\n";
    ++bad_;
  }
  int bad() const { return bad_; }

 private:
  Console& console_;
  int bad_ = 0;
};

void ExamineScenarios(Examination& examination) {
  const std::string directory = ScenarioDirectory();
  if (directory.empty()) {
    return examination.Bad("no scenarios found; set TICKWIRE_SCENARIOS to their folder");
  }
  int count = 0, wrong = 0;
  for (const ScenarioName& scenario : ListScenarios()) {
    ++count;
    const LoadResult first = LoadScenarioFile(scenario.path, {});
    if (!first.ok()) {
      ++wrong;
      examination.Bad(
          absl::StrCat(scenario.name, " is wrong: `tickwire validate ", scenario.name, "`"));
      continue;
    }
    // What `show` prints has to mean the same again.
    const std::string shown = PrintScenario(first.expanded);
    const LoadResult second = LoadScenarioText(scenario.name, shown, "", {});
    if (!second.ok() || PrintScenario(second.expanded) != shown) {
      examination.Bad(absl::StrCat(scenario.name, " changes when it is shown and read again"));
    }
  }
  if (wrong == 0) examination.Good(absl::StrCat(count, " scenarios in ", directory, ", all valid"));
}

int Run(const Arguments&, Console& console) {
  console.out << "tickwire " << kVersion << "\n";
  Examination examination(console);
  utsname system{};
  if (uname(&system) == 0) {
    examination.Good(absl::StrCat(system.sysname, " ", system.release, " ", system.machine));
  }
  ExamineScenarios(examination);
  const char* stated = std::getenv("TMPDIR");
  const std::string scratch = stated && *stated ? stated : "/tmp";
  if (access(scratch.c_str(), W_OK) == 0) {
    examination.Good(absl::StrCat(scratch, " can be written"));
  } else {
    examination.Bad(absl::StrCat(scratch, " cannot be written; set TMPDIR"));
  }
  if (IsOnPath("tshark")) {
    examination.Good("tshark is there, to look at captures");
  } else {
    examination.Note("tshark is not installed; captures can still be written");
  }
  console.err << (examination.bad() == 0 ? "all is well\n" : "see the lines marked BAD\n");
  return examination.bad() == 0 ? kGood : kFailed;
}

}  // namespace

Command DoctorCommand() {
  return {
      "doctor",
      "check this installation",
      "Looks for what tickwire needs (its scenarios, a writable scratch folder) and for what helps "
      "(tshark), and checks every scenario that comes along.",
      {},
      {},
      {{"tickwire doctor", "Something does not work? Begin here."}},
      {{kFailed, "something is amiss"}},
      Run};
}

}  // namespace tickwire::cli
