// What a receiver knows of one RTP source: sequence numbers (RFC 3550 A.1), loss (A.3),
// interarrival jitter (A.8), and how many packets came too late to be played.
//
// Integers only. Times of arrival and of packets are compared in timestamp units of the codec.
// MODEL: the playout buffer is a constant: a packet that took longer than the fastest one by more
// than that counts as late (RFC 3550 says nothing about playing).
#ifndef TICKWIRE_PROTOCOLS_RTP_RECEIVER_STATISTICS_H_
#define TICKWIRE_PROTOCOLS_RTP_RECEIVER_STATISTICS_H_

#include <cstdint>

#include "protocols/rtp/rtcp_packet.h"
#include "protocols/rtp/rtp_packet.h"
#include "sim_core/time/sim_time.h"

namespace tickwire::rtp {

class ReceiverStatistics {
 public:
  ReceiverStatistics(uint32_t clock_rate, Duration playout_buffer);

  // Each packet in order of arrival.
  void OnPacket(const RtpHeader& header, SimTime arrival);

  uint64_t received() const { return received_; }
  // By sequence numbers, from the first to the highest.
  uint64_t expected() const;
  int64_t lost() const;  // duplicates make it negative (A.3)
  uint64_t late() const { return late_; }
  uint64_t out_of_order() const { return out_of_order_; }
  uint32_t jitter() const { return jitter_ >> 4; }  // timestamp units
  Duration JitterTime() const;
  uint32_t highest_sequence() const { return cycles_ + max_sequence_; }
  SimTime first_arrival() const { return first_arrival_; }
  SimTime last_arrival() const { return last_arrival_; }

  // Loss and jitter for the next report; the fraction counts from the report before.
  void FillReport(ReportBlock& block);

 private:
  bool UpdateSequence(uint16_t sequence);
  void UpdateJitter(uint32_t timestamp, SimTime arrival);

  const uint32_t clock_rate_;
  const int64_t playout_units_;
  bool has_first_ = false;
  uint32_t base_sequence_ = 0;
  uint16_t max_sequence_ = 0;
  uint32_t cycles_ = 0;
  uint32_t bad_sequence_ = 0;
  uint64_t received_ = 0;
  uint64_t received_before_ = 0;
  uint64_t expected_before_ = 0;
  uint64_t late_ = 0;
  uint64_t out_of_order_ = 0;
  int64_t last_transit_ = 0;
  int64_t least_transit_ = 0;
  uint32_t jitter_ = 0;  // scaled by 16 (A.8)
  SimTime first_arrival_;
  SimTime last_arrival_;
};

}  // namespace tickwire::rtp

#endif  // TICKWIRE_PROTOCOLS_RTP_RECEIVER_STATISTICS_H_
