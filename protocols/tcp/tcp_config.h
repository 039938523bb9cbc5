// TcpConfig: every constant and choice of a TCP endpoint, and the profiles that set them.
//
// A connection copies what it needs when it is made. Times are Durations, sizes bytes.
#ifndef TICKWIRE_PROTOCOLS_TCP_TCP_CONFIG_H_
#define TICKWIRE_PROTOCOLS_TCP_TCP_CONFIG_H_

#include <cstdint>
#include <optional>

#include "sim_core/time/sim_time.h"

namespace tickwire::tcp {

// Who is imitated where the RFCs leave room.
enum class Profile : uint8_t { kRfc, kLinux, kFreeBsd };

enum class LossRecoveryKind : uint8_t {
  kNone,     // the retransmission timer alone, then go-back-N
  kReno,     // fast retransmit and recovery (RFC 5681)
  kNewReno,  // RFC 6582
  kSack,     // RFC 6675; falls back to NewReno where the peer has no SACK
  kRack,     // RACK-TLP (RFC 8985); falls back likewise
};
enum class CongestionControlKind : uint8_t { kReno, kCubic, kBbr, kFixedWindow };

struct TcpConfig {
  Profile profile = Profile::kRfc;

  // --- Options offered in the SYN ---
  bool timestamps = true;                    // RFC 7323 section 3
  bool window_scaling = true;                // RFC 7323 section 2
  bool sack = true;                          // RFC 2018
  bool dsack = true;                         // RFC 2883: reports duplicates
  bool ecn = false;                          // RFC 3168
  uint32_t mss = 0;                          // largest segment to send or ask for; 0: from the MTU
  int window_scale = -1;                     // shift; -1: the least that covers the receive buffer
  std::optional<uint32_t> initial_sequence;  // for lessons and scripts; none: RFC 6528
  // --- Buffers ---
  uint32_t send_buffer = 1 << 20;
  uint32_t receive_buffer = 1 << 20;
  bool discard_out_of_order = false;  // a lesson: the receiver keeps nothing that comes early
  bool discard_sacked_data = false;   // a lesson: reneges (RFC 2018 section 8) once

  // --- Sending ---
  LossRecoveryKind loss_recovery = LossRecoveryKind::kSack;
  CongestionControlKind congestion_control = CongestionControlKind::kReno;
  uint32_t fixed_window = 0;         // bytes; kFixedWindow
  uint32_t initial_window = 10;      // segments (RFC 6928)
  uint32_t dupthresh = 3;            // RFC 5681, RFC 6675
  bool limited_transmit = true;      // RFC 3042
  bool early_retransmit = false;     // RFC 5827, kept for lessons
  bool prr = true;                   // RFC 6937
  bool frto = false;                 // RFC 5682
  bool undo = false;                 // Eifel-style, by timestamps (RFC 3522, 4015) or D-SACK (3708)
  bool keep_sack_after_rto = false;  // false: RFC 2018 section 8 clears the marks
  bool tlp = true;                   // with kRack
  bool hystart = true;               // with kCubic
  bool pacing = false;               // always on with kBbr
  bool nagle = true;                 // RFC 9293 section 3.7.4
  bool slow_start_after_idle = true;  // RFC 5681 section 4.1
  // --- Retransmission timer (RFC 6298) ---
  Duration initial_rto = Duration::Seconds(1);
  Duration rto_after_lost_syn = Duration::Seconds(3);  // section 5.7
  Duration min_rto = Duration::Seconds(1);             // section 2.4
  Duration max_rto = Duration::Seconds(60);            // section 2.5
  Duration clock_granularity = Duration::Millis(1);    // G
  int syn_retries = 6;
  int synack_retries = 5;
  int data_retries = 15;  // R2 of RFC 1122 section 4.2.3.5
  Duration user_timeout;  // 0: none
  // --- Receiving ---
  Duration delayed_ack =
      Duration::Millis(200);  // at most 500 ms (RFC 9293 section 3.8.6.3); 0: none
  uint32_t ack_every = 2;     // full-sized segments
  uint32_t quick_acks = 0;    // how many first segments are acknowledged at once
  // --- Keeping and closing ---
  bool keep_alive = false;  // RFC 9293 section 3.8.4
  Duration keep_alive_idle = Duration::Seconds(7200);
  Duration keep_alive_interval = Duration::Seconds(75);
  int keep_alive_probes = 9;
  Duration time_wait = Duration::Seconds(240);  // 2 MSL, MSL of RFC 9293: 2 minutes
  Duration fin_wait_2;                          // orphaned; 0: no end
  bool reuse_time_wait = true;                  // RFC 6191
  bool empty_window_probe =
      false;  // Linux: no data in it; else one byte (RFC 9293 section 3.8.6.1)
  // --- Defence ---
  uint32_t challenge_acks_per_second = 100;  // RFC 5961 section 7; 0: no limit
  bool rfc5961 = true;  // off: RFC 793's acceptance of RST and SYN, for the lesson
  enum class SynCookies : uint8_t { kNever, kWhenFull, kAlways };
  SynCookies syn_cookies = SynCookies::kWhenFull;
  uint32_t syn_backlog = 256;  // half-open connections of one listener

  static TcpConfig For(Profile profile);
  bool operator==(const TcpConfig&) const = default;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_TCP_CONFIG_H_
