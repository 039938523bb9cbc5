// The program `tickwire`.
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "experiments/cli/command_line.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its limit is a full disk: told, not fatal
  const char* no_color = std::getenv("NO_COLOR");
  const bool is_terminal = isatty(STDERR_FILENO) != 0;
  tickwire::cli::Console console{std::cout, std::cerr};
  console.err_is_terminal = is_terminal;
  console.color = is_terminal && (no_color == nullptr || *no_color == '\0');
  const int status =
      tickwire::cli::RunCommandLine(std::vector<std::string>(argv + 1, argv + argc), console);
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "tickwire: cannot write to standard output\n";
    return tickwire::cli::kUsage;
  }
  return status;
}
