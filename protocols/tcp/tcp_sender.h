// TcpSender: decides when a connection sends which of its data, once it is established.
//
// Owns what is outstanding (scoreboard), loss recovery, congestion control, the retransmission
// timer, PTO, the RACK reordering timer and pacing. Knows no segments: its Host, the connection,
// builds them, and knows the receive window, Nagle's rule and the FIN. Positions are those of
// seq_range.h. Nothing here looks at the wall clock or uses floating point.
#ifndef TICKWIRE_PROTOCOLS_TCP_TCP_SENDER_H_
#define TICKWIRE_PROTOCOLS_TCP_TCP_SENDER_H_

#include <cstdint>
#include <optional>
#include <span>

#include "protocols/tcp/seq_range.h"
#include "protocols/tcp/tcp_config.h"
#include "sim_core/event/timer.h"

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

class TcpSender {
 public:
  class Host {
   public:
    // The next segment of what was never sent, from snd_nxt() on; empty if none may go: nothing is
    // there, the peer's window, Nagle, silly window avoidance. `room`: what congestion control
    // leaves, in bytes; a host that would rather wait for room for a full segment says empty. Never
    // more than mss() bytes; a FIN may take one position more.
    virtual SeqRange NewSegment(int64_t room) = 0;
    // Builds and sends it. `why`: null for what is sent first, else the rule that retransmits.
    virtual void Transmit(SeqRange range, const TraceLabel* why) = 0;
    // R2 or the maximum number of retries is exceeded (RFC 1122 section 4.2.3.5). The last thing
    // the sender does in its call.
    virtual void OnGaveUp() = 0;

   protected:
    ~Host() = default;
  };

  struct Start {
    int64_t first = 1;   // the first position to send
    uint32_t mss = 536;  // payload bytes of a full segment, options subtracted
    bool sack = false;   // negotiated
    bool timestamps = false;
    bool ecn = false;
    std::optional<Duration> handshake_rtt;  // none if the SYN or SYN-ACK was retransmitted (Karn)
    bool handshake_lost = false;  // RFC 6298 section 5.7, RFC 5681 section 3.1: IW of one segment
  };
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_TCP_SENDER_H_
