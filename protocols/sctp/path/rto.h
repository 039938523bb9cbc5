// Rto: the retransmission time-out of one destination (RFC 9260 section 6.3.1, rules C1 to C7).
//
// Integers in ns. The caller keeps Karn's rule (C5). Backing off (E2) holds until the next sample.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PATH_RTO_H_
#define TICKWIRE_PROTOCOLS_SCTP_PATH_RTO_H_

#include "protocols/sctp/sctp_config.h"

namespace tickwire::sctp {

class Rto {
 public:
  explicit Rto(const SctpConfig& config)
      : min_(config.rto_min), max_(config.rto_max), rto_(config.rto_initial) {}

  void Observe(Duration rtt);
  void BackOff();  // E2
  void set_bounds(Duration min, Duration max);
  Duration value() const { return rto_; }
  Duration srtt() const { return srtt_; }  // 0 before the first sample
  Duration rttvar() const { return rttvar_; }
  bool has_sample() const { return has_sample_; }

 private:
  Duration Clamp(Duration rto) const;

  Duration min_;
  Duration max_;
  Duration rto_;
  Duration srtt_;
  Duration rttvar_;
  bool has_sample_ = false;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PATH_RTO_H_
