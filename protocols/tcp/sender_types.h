// What a connection and its sender tell each other: the AckEvent, the congestion state, counters.
#ifndef TICKWIRE_PROTOCOLS_TCP_SENDER_TYPES_H_
#define TICKWIRE_PROTOCOLS_TCP_SENDER_TYPES_H_

#include <cstdint>
#include <optional>
#include <span>

#include "protocols/tcp/seq_range.h"
#include "sim_core/time/sim_time.h"

namespace tickwire::tcp {

// An acceptable ACK of the synchronised states (RFC 9293 section 3.10.7.4).
struct AckEvent {
  int64_t cumulative_ack = 0;      // snd_una() <= it <= snd_nxt()
  std::span<const SeqRange> sack;  // as it came, a D-SACK first; not yet checked
  bool has_sack_option = false;
  bool carries_data = false;  // or SYN or FIN: then never a duplicate ACK (RFC 5681 section 2)
  bool changes_window = false;
  bool ece = false;               // ECN-Echo, on a connection that negotiated ECN
  std::optional<SimTime> echoed;  // when the segment was sent whose timestamp came back: start of
                                  // that tick of the timestamp clock
};

enum class SenderState : uint8_t {
  kOpen,      // nothing is amiss
  kDisorder,  // duplicate ACKs or SACKs, too few to infer a loss
  kCwr,       // the window was reduced after an ECN-Echo
  kRecovery,  // fast recovery
  kLoss,      // the retransmission timer expired
};
// In the spirit of TCP_INFO. Since Begin().
struct SenderCounters {
  uint64_t sent_bytes = 0;       // first transmissions
  uint64_t delivered_bytes = 0;  // acknowledged cumulatively or selectively
  uint64_t retransmitted_bytes = 0;
  uint32_t sent_segments = 0;  // first transmissions
  uint32_t retransmitted_segments = 0;
  uint32_t fast_retransmits = 0;     // segments, in fast recovery
  uint32_t timeout_retransmits = 0;  // segments, after the retransmission timer
  uint32_t mtu_retransmits = 0;      // segments, after the path MTU fell
  uint32_t tlp_probes = 0;
  uint32_t fast_recoveries = 0;
  uint32_t timeouts = 0;
  uint32_t undone = 0;  // reductions taken back: the retransmission was spurious
  uint32_t ecn_reductions = 0;
  uint32_t dsacks = 0;       // D-SACKs received
  uint32_t reorderings = 0;  // ACKs that showed reordering
  uint32_t renegings = 0;    // times that SACK marks were cleared at a time-out
};

const char* StateName(SenderState state);

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_SENDER_TYPES_H_
