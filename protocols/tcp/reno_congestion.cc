#include "protocols/tcp/reno_congestion.h"

#include <algorithm>

namespace tickwire::tcp {

int64_t SlowStartIncrease(const SenderCore& core, int64_t acked) {
  const int64_t mss = core.mss;
  switch (core.config.profile) {
    case Profile::kRfc:
      break;
    case Profile::kLinux:
      return acked;
    case Profile::kFreeBsd:
      return std::min(acked, core.state == SenderState::kLoss ? mss : 2 * mss);
  }
  return std::min(acked, mss);
}

int64_t HalfOfFlight(int64_t flight, uint32_t mss) {
  return std::max(flight / 2, 2 * int64_t{mss});
}

void RenoCongestion::Grow(const AckSummary& ack) {
  if (core_.cwnd < core_.ssthresh) {
    core_.cwnd = std::min(core_.cwnd + SlowStartIncrease(core_, ack.acked_bytes), kInfiniteWindow);
    return;
  }
  bytes_acked_ += ack.acked_bytes;
  if (bytes_acked_ < core_.cwnd) return;
  bytes_acked_ -= core_.cwnd;
  core_.cwnd = std::min(core_.cwnd + core_.mss, kInfiniteWindow);
}

int64_t RenoCongestion::SsthreshAfterLoss(int64_t flight) {
  bytes_acked_ = 0;
  return HalfOfFlight(flight, core_.mss);
}

}  // namespace tickwire::tcp
