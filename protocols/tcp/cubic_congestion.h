// CubicCongestion: CUBIC (RFC 8312), in integers, with HyStart.
//
// Bytes and microseconds: W(t) = C (t - K)^3 + W_max with C = 0.4 segments/s^3 and beta = 0.7. K is
// an integer cube root. Growth is spread over the ACKs of a round trip; never more than half a
// window in one.
#ifndef TICKWIRE_PROTOCOLS_TCP_CUBIC_CONGESTION_H_
#define TICKWIRE_PROTOCOLS_TCP_CUBIC_CONGESTION_H_

#include <cstdint>

#include "protocols/tcp/congestion_control.h"
#include "protocols/tcp/hystart.h"
#include "sim_core/base/int128.h"

namespace tickwire::tcp {

// The largest r with r^3 <= x.
uint64_t CubeRoot(Uint128 x);

class CubicCongestion final : public CongestionControl {
 public:
  explicit CubicCongestion(SenderCore& core) : core_(core) {}

  void Grow(const AckSummary& ack) override;
  int64_t SsthreshAfterLoss(int64_t flight) override;
  void OnTimeout() override;
  void OnUndo() override;
  void OnIdleRestart() override;

  // For tests. W_cubic(t) of section 4.1, `micros` after the epoch began.
  int64_t CubicWindow(int64_t micros) const;
  int64_t k_micros() const { return epoch_.k_micros; }
  int64_t w_max() const { return epoch_.w_max; }

 private:
  // What one reduction replaces.
  struct Epoch {
    int64_t w_max = 0;       // section 4.1, after fast convergence (section 4.6)
    int64_t w_last_max = 0;  // section 4.6
    int64_t origin = 0;      // the plateau of this epoch
    int64_t k_micros = 0;
    SimTime start;
    int64_t base = 0;  // the window when it began: W_est grows from there
    bool has_begun = false;
    bool is_after_timeout = false;
  };
  void BeginEpoch(SimTime now);
  int64_t FriendlyWindow(int64_t micros) const;

  SenderCore& core_;
  Epoch epoch_;
  Epoch before_;  // the last reduction
  HyStart hystart_;
  SimTime last_growth_;
  int64_t remainder_ = 0;  // of growth, in bytes times the window
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_CUBIC_CONGESTION_H_
