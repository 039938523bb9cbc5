// CongestionControl: how large the congestion window is, and how fast it is filled.
//
// Grows core.cwnd when data is acknowledged and says to what it falls after a loss; when that
// happens, and what happens to the window meanwhile, is the loss recovery's part. One that
// owns_window() is never touched by it. Adding one: a pair of files, a test, a line in
// MakeCongestionControl().
#ifndef TICKWIRE_PROTOCOLS_TCP_CONGESTION_CONTROL_H_
#define TICKWIRE_PROTOCOLS_TCP_CONGESTION_CONTROL_H_

#include <cstdint>
#include <memory>

#include "protocols/tcp/sender_core.h"

namespace tickwire::tcp {

class CongestionControl {
 public:
  virtual ~CongestionControl() = default;
  // Outside fast recovery: new data was acknowledged that was sent when the window was the limit.
  virtual void Grow(const AckSummary& ack) = 0;
  // Before everything else, on each ACK.
  virtual void OnAck(const AckSummary& ack) { (void)ack; }
  // A loss or an ECN-Echo: the new ssthresh. `flight`: FlightSize of RFC 5681 section 3.2.
  virtual int64_t SsthreshAfterLoss(int64_t flight) = 0;
  // The retransmission timer expired; SsthreshAfterLoss() may have been asked before.
  virtual void OnTimeout() {}
  // The last reduction was spurious; cwnd and ssthresh are restored already.
  virtual void OnUndo() {}
  // Fast recovery is over, or recovery after a time-out.
  virtual void OnRecovered() {}
  // Nothing was sent for longer than an RTO (RFC 5681 section 4.1).
  virtual void OnIdleRestart() {}
  virtual void OnSent(SackScoreboard::Index index) { (void)index; }
  // There was room in the window but nothing to send.
  virtual void OnApplicationLimited() {}
  virtual bool owns_window() const { return false; }
  // Notes to be kept with each segment (SackScoreboard::DeliveryState).
  virtual bool keeps_delivery_state() const { return false; }
  // Told of each segment newly delivered, before the scoreboard forgets it.
  virtual void OnDelivered(SackScoreboard::Index index, const SackScoreboard::Segment& segment) {
    (void)index;
    (void)segment;
  }
  // Bytes per second; 0: by the window alone.
  virtual int64_t pacing_rate() const { return 0; }
};

// REQUIRES: core.mss is known. `core` outlives it.
std::unique_ptr<CongestionControl> MakeCongestionControl(SenderCore& core);

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_CONGESTION_CONTROL_H_
