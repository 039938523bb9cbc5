// ProgressLine: one line on a terminal that tells how far a run is; nothing elsewhere.
#ifndef TICKWIRE_EXPERIMENTS_CLI_PROGRESS_LINE_H_
#define TICKWIRE_EXPERIMENTS_CLI_PROGRESS_LINE_H_

#include <chrono>
#include <ostream>

#include "experiments/run/runner.h"

namespace tickwire::cli {

class ProgressLine {
 public:
  ProgressLine(std::ostream& err, bool is_terminal) : err_(err), is_terminal_(is_terminal) {}
  ~ProgressLine() { Clear(); }
  // Redraws at most ten times a second.
  void Show(const RunProgress& progress);
  void Clear();

 private:
  std::ostream& err_;
  const bool is_terminal_;
  bool shown_ = false;
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_ = begin_;
};

}  // namespace tickwire::cli

#endif  // TICKWIRE_EXPERIMENTS_CLI_PROGRESS_LINE_H_
