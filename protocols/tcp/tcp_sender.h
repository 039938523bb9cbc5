// TcpSender: decides when a connection sends which of its data, once it is established.
//
// Owns what is outstanding (scoreboard), loss recovery, congestion control, the retransmission
// timer, PTO, the RACK reordering timer and pacing. Knows no segments: its Host, the connection,
// builds them, and knows the receive window, Nagle's rule and the FIN. Positions are those of
// seq_range.h. Nothing here looks at the wall clock or uses floating point.
#ifndef TICKWIRE_PROTOCOLS_TCP_TCP_SENDER_H_
#define TICKWIRE_PROTOCOLS_TCP_TCP_SENDER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "protocols/tcp/rto_estimator.h"
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

  enum class State : uint8_t {
    kOpen,      // nothing is amiss
    kDisorder,  // duplicate ACKs or SACKs, too few to infer a loss
    kCwr,       // the window was reduced after an ECN-Echo
    kRecovery,  // fast recovery
    kLoss,      // the retransmission timer expired
  };
  // In the spirit of TCP_INFO. Since Begin().
  struct Counters {
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

  // All outlive it. Cheap: what needs memory is made in Begin() or when first needed.
  TcpSender(NodeClock& clock, const TraceEntity& entity, const TcpConfig& config, Host& host);
  TcpSender(const TcpSender&) = delete;
  TcpSender& operator=(const TcpSender&) = delete;
  ~TcpSender();

  // For SYN and SYN-ACK too, before Begin().
  RtoEstimator& rto_estimator();
  // The connection is established. Once.
  void Begin(const Start& start);

  // --- Between Begin() and Stop() ---
  // Counts, marks, adapts the window; sends nothing. TrySend() must follow, before the event ends:
  // it also sets the timers.
  void OnAck(const AckEvent& ack);
  // Sends all that may go now: retransmissions first, then what Host::NewSegment() gives. Call it
  // after OnAck(), after the application wrote, after the peer's window opened.
  void TrySend();
  // `range`, from snd_nxt() on, was sent by the host itself (a zero-window probe that was
  // accepted). OnAck() follows.
  void OnSentElsewhere(SeqRange range);
  // The path takes segments of `mss` bytes from now on. What is outstanding in larger ones is lost
  // and resent in smaller ones, without reducing the window (RFC 1191 section 6.4, RFC 8201
  // section 5.4). TrySend() must follow.
  void OnMssChanged(uint32_t mss);
  // Ends all timers. No call but the accessors may follow.
  void Stop();

  // RFC 3168 section 6.1.2: true if the next segment of NEW data carries CWR; asked for it when it
  // is built.
  bool TakeCwr();

  int64_t snd_una() const;
  int64_t snd_nxt() const;  // the highest ever sent, plus 1
  int64_t cwnd() const;
  int64_t ssthresh() const;
  int64_t flight() const;  // snd_nxt() - snd_una()
  int64_t pipe() const;    // what is thought to be in the network (RFC 6675 section 2)
  uint32_t mss() const;
  bool is_idle() const;  // nothing is outstanding
  State state() const;
  static const char* StateName(State state);
  const Counters& counters() const;
  const RtoEstimator& rto_estimator() const;
  // Counts everything from scratch and compares. For DCHECKs and tests: cost grows with the window.
  bool IsConsistent() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_TCP_SENDER_H_
