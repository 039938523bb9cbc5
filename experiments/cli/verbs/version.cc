#include "experiments/cli/version.h"

#include <ostream>

#include "absl/strings/str_cat.h"
#include "experiments/cli/verbs/verbs.h"
#include "topologies/diagnostic.h"
#include "topologies/validate/semantics.h"

namespace tickwire::cli {
namespace {

constexpr absl::string_view kCompiler =
#if defined(__clang__)
    "clang " __clang_version__;
#else
    "gcc " __VERSION__;
#endif

int Run(const Arguments& arguments, Console& console) {
  if (arguments.Has("--json")) {
    console.out << absl::StrCat("{\"version\": ", JsonString(kVersion),
                                ", \"scenario_format\": ", kNewestFormat,
                                ", \"compiler\": ", JsonString(kCompiler), "}\n");
    return kGood;
  }
  console.out << "tickwire " << kVersion << "\nscenario format " << kNewestFormat << "\nbuilt with "
              << kCompiler << "\n";
  return kGood;
}

}  // namespace

Command VersionCommand() {
  return {
      "version",
      "print the version",
      "Prints the version of tickwire, of the scenario format that it reads, and of the compiler "
      "that built it.",
      {},
      {{"--json", "", "", "one object"}},
      {{"tickwire version --json", "For scripts."}},
      {},
      Run};
}

}  // namespace tickwire::cli
