// FixedWindow: a congestion window that never changes, for lessons. Losses do not reduce it.
#ifndef TICKWIRE_PROTOCOLS_TCP_FIXED_WINDOW_H_
#define TICKWIRE_PROTOCOLS_TCP_FIXED_WINDOW_H_

#include "protocols/tcp/congestion_control.h"

namespace tickwire::tcp {

class FixedWindow final : public CongestionControl {
 public:
  // The window is config.fixed_window, but at least one segment; the initial window if that is 0.
  explicit FixedWindow(SenderCore& core);

  void Grow(const AckSummary&) override {}
  void OnAck(const AckSummary&) override { KeepWindow(); }
  int64_t SsthreshAfterLoss(int64_t) override { return core_.ssthresh; }
  bool owns_window() const override { return true; }

 private:
  void KeepWindow();

  SenderCore& core_;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_FIXED_WINDOW_H_
