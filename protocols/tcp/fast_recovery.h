// FastRecovery: what all kinds of loss recovery do alike: enter and leave fast recovery, and what
// becomes of the window in between (RFC 5681 section 3.2, RFC 6937).
//
// A member of the LossRecovery that uses it. The window is set by proportional rate reduction if
// the configuration says so; else it is ssthresh at entry, and inflating it is the owner's part.
#ifndef TICKWIRE_PROTOCOLS_TCP_FAST_RECOVERY_H_
#define TICKWIRE_PROTOCOLS_TCP_FAST_RECOVERY_H_

#include <cstdint>

#include "protocols/tcp/congestion_control.h"
#include "protocols/tcp/proportional_rate_reduction.h"
#include "protocols/tcp/sender_core.h"

namespace tickwire::tcp {

class FastRecovery {
 public:
  // Both outlive it.
  FastRecovery(SenderCore& core, CongestionControl& congestion)
      : core_(core), congestion_(congestion) {}

  // Reduces the window, unless this window of data has brought a reduction already.
  void Enter(const TraceLabel& why);
  // On each ACK in recovery, the one that enters it too. `delivered`: DeliveredData of RFC 6937;
  // `pipe`: what is thought to be in the network now.
  void OnAck(int64_t delivered, int64_t pipe, bool advances, bool finds_losses);
  void OnSent(int64_t bytes) { prr_.OnSent(bytes); }
  // With `window`, the congestion window afterwards; by proportional rate reduction it is ssthresh.
  void Leave(int64_t window, const TraceLabel& why);
  // After a time-out: everything up to the recovery point is acknowledged.
  void LeaveLoss();
  // The same reduction once more within a recovery: a retransmission was lost (RFC 5681
  // section 4.3).
  void ReduceAgain();

  // A loss that is repaired already: the reduction alone (RFC 8985 section 7.4.2).
  void ReduceForRepairedLoss(const TraceLabel& why);

  SenderCore& core() { return core_; }
  const SenderCore& core() const { return core_; }
  bool uses_prr() const { return core_.config.prr && !congestion_.owns_window(); }
  bool sets_window() const { return !congestion_.owns_window(); }
  bool TakeForced() {
    const bool forced = is_forced_;
    is_forced_ = false;
    return forced;
  }
  void ForceNext() { is_forced_ = true; }

 private:
  SenderCore& core_;
  CongestionControl& congestion_;
  ProportionalRateReduction prr_;
  bool is_forced_ = false;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_FAST_RECOVERY_H_
