// TcpCounters: the counters of one connection, in the spirit of Linux' TCP_INFO and RFC 4898.
#ifndef TICKWIRE_PROTOCOLS_TCP_TCP_COUNTERS_H_
#define TICKWIRE_PROTOCOLS_TCP_TCP_COUNTERS_H_

#include <cstdint>

namespace tickwire::tcp {

// What the connection itself counts; TcpSender has the rest.
struct TcpCounters {
  uint64_t segments_sent = 0;
  uint64_t segments_received = 0;
  uint64_t bytes_sent = 0;       // payload, retransmissions included
  uint64_t bytes_delivered = 0;  // to the application
  uint32_t duplicate_segments = 0;
  uint32_t out_of_order_segments = 0;
  uint32_t out_of_window_segments = 0;
  uint32_t paws_drops = 0;
  uint32_t challenge_acks = 0;
  uint32_t window_probes = 0;
  uint32_t zero_windows_sent = 0;
  uint32_t urgent_segments = 0;
  uint32_t ce_marks = 0;  // received (RFC 3168)
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_TCP_COUNTERS_H_
