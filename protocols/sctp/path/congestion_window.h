// CongestionWindow: cwnd, ssthresh and partial_bytes_acked of one destination (RFC 9260 section
// 7.2). Bytes; sizes of DATA chunks count their headers and padding.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PATH_CONGESTION_WINDOW_H_
#define TICKWIRE_PROTOCOLS_SCTP_PATH_CONGESTION_WINDOW_H_

#include <cstdint>

namespace tickwire::sctp {

class CongestionWindow {
 public:
  // `pmdcs`: Path Maximum DATA Chunk Size, the largest DATA chunk that fits the path alone.
  CongestionWindow(int64_t pmdcs, bool is_v4);

  // Section 7.2.1, first bullet.
  static int64_t Initial(int64_t pmdcs, bool is_v4);
  // As at the beginning: after a restart, a change of routes (section 7.2.5).
  void Reset(int64_t pmdcs, bool is_v4);
  void set_pmdcs(int64_t pmdcs) { pmdcs_ = pmdcs; }

  // A SACK acknowledged `acked` bytes sent here that were not acknowledged before.
  // `flight_before`: outstanding here before it. `advances`: it moved the cumulative TSN ack.
  void OnAcked(int64_t acked, int64_t flight_before, bool advances, bool in_fast_recovery);
  // `bytes` were reported as duplicates (section 7.2.2).
  void OnDuplicates(int64_t bytes);
  // Nothing sent here is outstanding any more.
  void OnAllAcked() { partial_bytes_acked_ = 0; }
  void OnFastRetransmit();         // section 7.2.3, by SACK
  void OnRetransmissionTimeout();  // section 7.2.3, by T3-rtx
  // Nothing was sent here for an RTO (sections 7.2.1 and 7.2.2).
  void OnIdle();

  int64_t cwnd() const { return cwnd_; }
  int64_t ssthresh() const { return ssthresh_; }
  int64_t partial_bytes_acked() const { return partial_bytes_acked_; }
  int64_t pmdcs() const { return pmdcs_; }

 private:
  int64_t pmdcs_;
  int64_t cwnd_;
  int64_t ssthresh_;
  int64_t partial_bytes_acked_ = 0;
  bool was_idle_ = false;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PATH_CONGESTION_WINDOW_H_
