#include "protocols/tcp/fixed_window.h"

#include <algorithm>

namespace tickwire::tcp {

FixedWindow::FixedWindow(SenderCore& core) : core_(core) { KeepWindow(); }

void FixedWindow::KeepWindow() {
  const int64_t window = core_.config.fixed_window;
  core_.cwnd = window == 0 ? core_.initial_window() : std::max<int64_t>(window, core_.mss);
}

}  // namespace tickwire::tcp
