#include "experiments/cli/progress_line.h"

#include "absl/strings/str_format.h"

namespace tickwire::cli {

void ProgressLine::Show(const RunProgress& progress) {
  if (!is_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  const double elapsed = std::chrono::duration<double>(now - begin_).count();
  const double virtual_s = static_cast<double>(progress.now.nanos()) / 1e9;
  const double end_s = static_cast<double>(progress.stop_at.nanos()) / 1e9;
  const double share = end_s > 0 ? virtual_s / end_s : 0;
  err_ << absl::StrFormat("\r\033[K%.3f s of %.3f s, %d events, %.2f million/s", virtual_s, end_s,
                          progress.events, static_cast<double>(progress.events) / elapsed / 1e6);
  if (share > 0.01) err_ << absl::StrFormat(", %.0f s left", elapsed / share - elapsed);
  err_ << std::flush;
  shown_ = true;
}

void ProgressLine::Clear() {
  if (shown_) err_ << "\r\033[K" << std::flush;
  shown_ = false;
}

}  // namespace tickwire::cli
