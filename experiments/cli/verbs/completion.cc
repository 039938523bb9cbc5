#include "experiments/cli/completion.h"

#include <ostream>

#include "experiments/cli/verbs/verbs.h"

namespace tickwire::cli {
namespace {

int Run(const Arguments& arguments, Console& console) {
  const std::string shell = arguments.word(0);
  console.out << (shell == "bash"  ? BashCompletion()
                  : shell == "zsh" ? ZshCompletion()
                                   : FishCompletion());
  return kGood;
}

}  // namespace

Command CompletionCommand() {
  return {
      "completion",
      "print a completion script for a shell",
      "Completes commands, options, names of scenarios and error ids.",
      {{"SHELL", "bash, zsh or fish", WordKind::kChoice, false, false, {"bash", "zsh", "fish"}}},
      {},
      {{"source <(tickwire completion bash)", "In this shell only."},
       {"tickwire completion fish > ~/.config/fish/completions/tickwire.fish", "For good."}},
      {},
      Run};
}

}  // namespace tickwire::cli
