// Pacer: when the next segment may go at a given rate, and the timer that waits for it.
#ifndef TICKWIRE_PROTOCOLS_TCP_PACER_H_
#define TICKWIRE_PROTOCOLS_TCP_PACER_H_

#include <algorithm>
#include <cstdint>

#include "protocols/tcp/loss_recovery.h"
#include "protocols/tcp/sender_labels.h"
#include "sim_core/base/int128.h"
#include "sim_core/event/timer.h"

namespace tickwire::tcp {

class Pacer {
 public:
  Pacer(SenderCore& core, LossRecovery::Actions& actions)
      : actions_(actions),
        clock_(core.clock),
        timer_(core.clock, *this, kPacingTimer, core.entity) {}

  // True if a segment may go now; else waits and then calls Actions::SendAfterTimer().
  bool MaySend() {
    if (next_ <= clock_.now()) return true;
    if (!timer_.is_set()) timer_.Set(next_ - clock_.now());
    return false;
  }
  // `bytes_per_second` > 0.
  void OnSent(int64_t bytes, int64_t bytes_per_second) {
    const Int128 nanos = static_cast<Int128>(bytes) * 1'000'000'000 / bytes_per_second;
    next_ = SaturatingAdd(std::max(next_, clock_.now()),
                          Duration::Nanos(static_cast<int64_t>(
                              std::min<Int128>(nanos, Duration::Seconds(3600).nanos()))));
  }
  bool is_waiting() const { return timer_.is_set(); }
  void Stop() { timer_.Cancel(); }

 private:
  void OnTimer() { actions_.SendAfterTimer(); }

  LossRecovery::Actions& actions_;
  NodeClock& clock_;
  SimTime next_;
  Timer<Pacer, &Pacer::OnTimer> timer_;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_PACER_H_
