#include "protocols/sctp/path/congestion_window.h"

#include <algorithm>
#include <limits>

namespace tickwire::sctp {

CongestionWindow::CongestionWindow(int64_t pmdcs, bool is_v4) { Reset(pmdcs, is_v4); }

int64_t CongestionWindow::Initial(int64_t pmdcs, bool is_v4) {
  return std::min(4 * pmdcs, std::max<int64_t>(2 * pmdcs, is_v4 ? 4404 : 4344));
}

void CongestionWindow::Reset(int64_t pmdcs, bool is_v4) {
  pmdcs_ = pmdcs;
  cwnd_ = Initial(pmdcs, is_v4);
  ssthresh_ = std::numeric_limits<int64_t>::max() / 4;
  partial_bytes_acked_ = 0;
  was_idle_ = false;
}

void CongestionWindow::OnAcked(int64_t acked, int64_t flight_before, bool advances,
                               bool in_fast_recovery) {
  was_idle_ = false;
  if (cwnd_ <= ssthresh_) {  // section 7.2.1: slow start
    const bool is_fully_used = flight_before >= cwnd_ || flight_before + pmdcs_ > cwnd_;
    if (advances && is_fully_used && !in_fast_recovery) cwnd_ += std::min(acked, pmdcs_);
    return;
  }
  // Section 7.2.2: congestion avoidance.
  partial_bytes_acked_ += acked;
  if (partial_bytes_acked_ > cwnd_ && flight_before < cwnd_) partial_bytes_acked_ = cwnd_;
  if (partial_bytes_acked_ >= cwnd_ && flight_before >= cwnd_ && !in_fast_recovery) {
    partial_bytes_acked_ -= cwnd_;
    cwnd_ += pmdcs_;
  }
}

void CongestionWindow::OnDuplicates(int64_t bytes) {
  if (cwnd_ > ssthresh_) partial_bytes_acked_ += bytes;
}

void CongestionWindow::OnFastRetransmit() {
  ssthresh_ = std::max(cwnd_ / 2, 4 * pmdcs_);
  cwnd_ = ssthresh_;
  partial_bytes_acked_ = 0;
}

void CongestionWindow::OnRetransmissionTimeout() {
  ssthresh_ = std::max(cwnd_ / 2, 4 * pmdcs_);
  cwnd_ = pmdcs_;
  partial_bytes_acked_ = 0;
}

void CongestionWindow::OnIdle() {
  if (!was_idle_) ssthresh_ = cwnd_;
  was_idle_ = true;
  cwnd_ = std::max(cwnd_ / 2, 4 * pmdcs_);
}

}  // namespace tickwire::sctp
