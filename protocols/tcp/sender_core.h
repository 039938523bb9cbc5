// SenderCore: what the parts of a connection's sender share: the scoreboard, the window, the RTO,
// the congestion state, and the pen for their trace.
//
// TcpSender owns it and its parts; each part changes what its rule says. No rules here.
#ifndef TICKWIRE_PROTOCOLS_TCP_SENDER_CORE_H_
#define TICKWIRE_PROTOCOLS_TCP_SENDER_CORE_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "protocols/tcp/rto_estimator.h"
#include "protocols/tcp/sack_scoreboard.h"
#include "protocols/tcp/sender_types.h"
#include "protocols/tcp/tcp_config.h"
#include "sim_core/event/node_clock.h"

namespace tickwire::tcp {

// "Arbitrarily high" (RFC 5681 section 3.1): the largest window that can be advertised.
inline constexpr int64_t kInfiniteWindow = int64_t{65535} << 14;

// What one ACK told, after the scoreboard took it in.
struct AckSummary {
  const AckEvent* event = nullptr;
  SimTime now;
  int64_t prior_una = 0;
  int64_t prior_flight = 0;
  int64_t prior_pipe = 0;
  int64_t highest_before = 0;     // RACK.fack, before this ACK
  int64_t acked_bytes = 0;        // how far the cumulative ACK advanced
  int64_t sacked_bytes = 0;       // newly sacked
  int64_t delivered_bytes = 0;    // of both, what was not known to have arrived
  bool is_duplicate = false;      // RFC 5681 section 2 (a) to (e)
  bool acked_resent = false;      // the advance covers a segment that was sent more than once
  bool shows_reordering = false;  // RFC 8985 section 6.2 step 3
  std::optional<SeqRange> dsack;  // RFC 2883 section 4
  std::optional<Duration> rtt;    // for the RTO: Karn's rule is obeyed
  // Of the latest sent of all newly delivered transmissions (RFC 8985 section 6.2 step 2).
  struct Newest {
    SimTime sent;
    int64_t end = 0;
    Duration rtt;
  };
  std::optional<Newest> newest;
  // When segments that were sent only once were sent: the first of the advance, the last of what
  // was newly sacked.
  std::optional<SimTime> oldest_acked;
  std::optional<SimTime> newest_sacked;

  bool advances() const { return acked_bytes > 0; }
};

class UndoDetector;

struct SenderCore {
  using State = SenderState;

  SenderCore(NodeClock& clock_in, const TraceEntity& entity_in, const TcpConfig& config_in)
      : clock(clock_in), entity(entity_in), config(config_in), rto(config_in) {}

  // The only writer of `state`.
  void SetState(State next, const TraceLabel& why);
  bool is_watched() const { return clock.trace().is_watched(); }
  // Before each reduction for a loss; `recover` is set already.
  void OnReduction(bool is_timeout);
  // "1461..2921 lost"; watched runs only.
  void NoteRange(SeqRange range, const char* what);
  // Samples of whatever changed since the last call; watched runs only.
  void TakeSamples();
  Duration timestamp_tick() const { return Duration::Micros(timestamp_tick_micros); }
  int64_t initial_window() const;  // RFC 6928 section 2
  // Before marking at a time-out: forgets what was sacked, unless the configuration keeps it and
  // nothing shows that the receiver reneged (RFC 2018 section 8, RFC 6675 section 5.1).
  void ClearSackAtTimeout();
  // The rule by which a lost segment is resent in State::kLoss.
  const TraceLabel* WhyAfterTimeout(SackScoreboard::Index index) const;

  NodeClock& clock;
  const TraceEntity& entity;
  const TcpConfig& config;
  RtoEstimator rto;
  SackScoreboard board;
  SenderCounters counters;
  int64_t cwnd = 0;
  int64_t ssthresh = kInfiniteWindow;
  int64_t recover = 0;       // RecoveryPoint: snd_nxt() when the last reduction began
  int64_t timeout_una = -1;  // snd_una() at the last time-out: what the timer itself resends
  SimTime rto_deadline;      // when the retransmission timer expires, if no other takes its place
  UndoDetector* undo = nullptr;  // if configured; told of each reduction for a loss
  uint32_t mss = 0;
  uint32_t dupacks = 0;
  uint32_t timestamp_tick_micros = 1000;  // of this end's timestamp clock
  // Data sent by limited transmit does not count in FlightSize (RFC 5681 section 3.2 step 2).
  uint32_t limited_transmit_bytes = 0;
  State state = State::kOpen;
  bool sack = false;
  bool timestamps = false;
  bool ecn = false;
  bool owes_cwr = false;     // RFC 3168 section 6.1.2
  bool restart_rto = false;  // RFC 6298 section 5.3, at the end of this ACK's event

 private:
  struct Sampled {
    int64_t cwnd = -1, ssthresh = -1, flight = -1, pipe = -1, srtt = -1, rttvar = -1, rto = -1,
            delivered = -1;
  };
  std::unique_ptr<Sampled> sampled_;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_SENDER_CORE_H_
