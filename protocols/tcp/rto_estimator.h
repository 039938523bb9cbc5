// RtoEstimator: the retransmission time-out of one connection, from its round-trip samples
// (RFC 6298).
//
// Integers throughout, in ns. The caller keeps Karn's rule (section 3): no sample of a segment that
// was sent twice, unless a timestamp tells which transmission was acknowledged. Backing off
// (section 5.5) holds until the next sample. Neither owns nor starts a timer.
#ifndef TICKWIRE_PROTOCOLS_TCP_RTO_ESTIMATOR_H_
#define TICKWIRE_PROTOCOLS_TCP_RTO_ESTIMATOR_H_

#include <cstdint>

#include "protocols/tcp/tcp_config.h"
#include "sim_core/time/sim_time.h"

namespace tickwire::tcp {

class RtoEstimator {
 public:
  // `config` outlives it. rto() is config.initial_rto until the first sample.
  explicit RtoEstimator(const TcpConfig& config);

  // One round trip of `rtt`, measured now. `samples_per_round_trip`: how many such samples come in
  // each round trip; their gains are divided by it (RFC 7323 section 4.2 and appendix G), so that
  // the history reaches as far back as with one. Ends backing off.
  // REQUIRES: rtt >= 0, samples_per_round_trip >= 1.
  void Observe(SimTime now, Duration rtt, int64_t samples_per_round_trip = 1);
  // Section 5.5: doubles, up to config.max_rto.
  void BackOff();
  // Section 5.7: the timer expired waiting for the ACK of a SYN; data begins with
  // config.rto_after_lost_syn.
  void RestartAfterLostSyn();
  // Ends backing off without a sample: the time-out was spurious (RFC 4015), or
  // as Linux does when new data is acknowledged.
  void EndBackOff();
  // RFC 4015 section 3.1 step (11): the first sample of new data after a spurious time-out counts
  // as the first one ever, but never below the values before it.
  void Reinitialise(SimTime now, Duration rtt, Duration srtt_before, Duration rttvar_before);

  Duration rto() const { return rto_; }
  // Times that it was backed off since the last sample.
  int backoffs() const { return backoffs_; }
  bool has_sample() const { return min_of_window_ != Duration::Infinite(); }
  // Zero before the first sample.
  Duration srtt() const { return srtt_; }
  Duration rttvar() const { return rttvar_; }
  // The least of the last five to ten minutes (RFC 8985 section 6.2, step 1); infinite before the
  // first sample.
  Duration min_rtt() const;

 private:
  void ObserveMinimum(SimTime now, Duration rtt);
  Duration Computed() const;

  const TcpConfig& config_;
  Duration srtt_;
  Duration rttvar_;
  Duration rto_;
  // Minimum of this window and of the one before.
  Duration min_of_window_ = Duration::Infinite();
  Duration min_before_ = Duration::Infinite();
  SimTime window_start_;
  int backoffs_ = 0;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_RTO_ESTIMATOR_H_
