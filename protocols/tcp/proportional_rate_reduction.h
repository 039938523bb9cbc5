// ProportionalRateReduction: how much may be sent on each ACK of a fast recovery (RFC 6937
// section 3), so that the window ends at ssthresh.
//
// Arithmetic alone, in bytes. One object for one recovery.
#ifndef TICKWIRE_PROTOCOLS_TCP_PROPORTIONAL_RATE_REDUCTION_H_
#define TICKWIRE_PROTOCOLS_TCP_PROPORTIONAL_RATE_REDUCTION_H_

#include <cstdint>

namespace tickwire::tcp {

class ProportionalRateReduction {
 public:
  // What bounds it once pipe is below ssthresh.
  enum class Bound : uint8_t {
    kConservative,  // CRB: packet conservation
    kSlowStart,     // SSRB: one segment more for each ACK
  };

  // `flight`: RecoverFS, snd_nxt - snd_una when recovery begins.
  void Begin(int64_t flight) {
    recover_flight_ = flight > 0 ? flight : 1;
    delivered_ = out_ = 0;
  }
  // Returns the window: pipe and what may be sent. REQUIRES: delivered >= 0.
  int64_t OnAck(int64_t delivered, int64_t pipe, int64_t ssthresh, uint32_t mss, Bound bound);
  void OnSent(int64_t bytes) { out_ += bytes; }

 private:
  int64_t recover_flight_ = 1;
  int64_t delivered_ = 0;  // prr_delivered
  int64_t out_ = 0;        // prr_out
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_PROPORTIONAL_RATE_REDUCTION_H_
