#include <ostream>

#include "experiments/cli/man_page.h"
#include "experiments/cli/verbs/verbs.h"

namespace tickwire::cli {
namespace {

int Run(const Arguments&, Console& console) {
  console.out << ManPage();
  return kGood;
}

}  // namespace

Command ManCommand() {
  return {"man",
          "print the manual page",
          "Prints tickwire(1) as troff source.",
          {},
          {},
          {{"tickwire man | man -l -", "Read it."}},
          {},
          Run};
}

}  // namespace tickwire::cli
