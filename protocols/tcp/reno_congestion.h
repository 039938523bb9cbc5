// RenoCongestion: slow start and congestion avoidance of RFC 5681 section 3.1.
//
// Counts bytes. In slow start an ACK adds what it acknowledges, at most `limit` segments: one in
// the RFC profile (equation 2), two in FreeBSD's and one after a time-out (RFC 3465), no limit in
// Linux'. In congestion avoidance one segment is added when a window's worth of bytes was
// acknowledged.
#ifndef TICKWIRE_PROTOCOLS_TCP_RENO_CONGESTION_H_
#define TICKWIRE_PROTOCOLS_TCP_RENO_CONGESTION_H_

#include <cstdint>

#include "protocols/tcp/congestion_control.h"

namespace tickwire::tcp {

// What slow start adds for an ACK of `acked` bytes.
int64_t SlowStartIncrease(const SenderCore& core, int64_t acked);
// RFC 5681 equation (4).
int64_t HalfOfFlight(int64_t flight, uint32_t mss);

class RenoCongestion final : public CongestionControl {
 public:
  explicit RenoCongestion(SenderCore& core) : core_(core) {}

  void Grow(const AckSummary& ack) override;
  int64_t SsthreshAfterLoss(int64_t flight) override;
  void OnTimeout() override { bytes_acked_ = 0; }
  void OnRecovered() override { bytes_acked_ = 0; }

 private:
  SenderCore& core_;
  int64_t bytes_acked_ = 0;  // since the window grew last, in congestion avoidance
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_RENO_CONGESTION_H_
