// TcpSender: decides when a connection sends which of its data, once it is established.
//
// Owns what is outstanding (scoreboard), loss recovery, congestion control, the retransmission
// timer, PTO, the RACK reordering timer and pacing. Knows no segments: its Host, the connection,
// builds them, and knows the receive window, Nagle's rule and the FIN. Positions are those of
// seq_range.h. Nothing here looks at the wall clock or uses floating point. What an ACK does is in
// tcp_sender_ack.cc, all else in tcp_sender.cc.
#ifndef TICKWIRE_PROTOCOLS_TCP_TCP_SENDER_H_
#define TICKWIRE_PROTOCOLS_TCP_TCP_SENDER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "protocols/tcp/congestion_control.h"
#include "protocols/tcp/loss_recovery.h"
#include "protocols/tcp/rto_estimator.h"
#include "protocols/tcp/sender_core.h"
#include "protocols/tcp/sender_types.h"
#include "protocols/tcp/seq_range.h"
#include "protocols/tcp/tcp_config.h"
#include "sim_core/event/timer.h"

namespace tickwire::tcp {

class TcpSender final : private LossRecovery::Actions {
 public:
  class Host {
   public:
    // The next segment of what was never sent, from snd_nxt() on; empty if none may go: nothing is
    // there, the peer's window, Nagle, silly window avoidance. `room`: what congestion control
    // leaves, in bytes; a host that would rather wait for room for a full segment says empty. Never
    // more than mss() bytes; a FIN may take one position more. A question only: what it names may
    // go unsent, and it may be asked again.
    virtual SeqRange NewSegment(int64_t room) = 0;
    // Builds and sends it. `why`: null for what is sent first, else the rule that retransmits.
    virtual void Transmit(SeqRange range, const TraceLabel* why) = 0;
    // R2 or the maximum number of retries is exceeded (RFC 1122 section 4.2.3.5). The last thing
    // the sender does in its call.
    virtual void OnGaveUp() = 0;
    // One of the sender's own timers fired and it sent what it could; the last thing it does. What
    // the host learnt in Transmit() (a smaller MTU) it may act on now.
    virtual void OnTimerDone() {}

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
    Duration timestamp_tick = Duration::Millis(1);  // of this end's timestamp clock
    bool handshake_lost = false;  // RFC 6298 section 5.7, RFC 5681 section 3.1: IW of one segment
  };

  using State = SenderState;
  using Counters = SenderCounters;

  // All outlive it. Cheap: what needs memory is made in Begin() or when first needed.
  TcpSender(NodeClock& clock, const TraceEntity& entity, const TcpConfig& config, Host& host);
  TcpSender(const TcpSender&) = delete;
  TcpSender& operator=(const TcpSender&) = delete;
  ~TcpSender();

  // For SYN and SYN-ACK too, before Begin().
  RtoEstimator& rto_estimator() { return core_.rto; }
  // The connection is established. Once.
  void Begin(const Start& start);

  // --- Between Begin() and Stop() ---
  // Counts, marks, adapts the window; sends nothing. TrySend() must follow, before the event ends:
  // it also sets the timers.
  void OnAck(const AckEvent& ack);
  // The peer lives and takes nothing: what is outstanding lies beyond the edge of its window, which
  // moved back. The time-outs until now do not count to R2 (RFC 9293 section 3.8.6, SHLD-17).
  void OnWindowClosed() { timeouts_answered_ = timeouts_in_row_; }
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

  int64_t snd_una() const { return core_.board.snd_una(); }
  int64_t snd_nxt() const { return core_.board.snd_nxt(); }  // the highest ever sent, plus 1
  int64_t cwnd() const { return core_.cwnd; }
  int64_t ssthresh() const { return core_.ssthresh; }
  int64_t flight() const { return core_.board.flight(); }  // snd_nxt() - snd_una()
  // What is thought to be in the network (RFC 6675 section 2).
  int64_t pipe() const { return core_.board.pipe(); }
  uint32_t mss() const { return core_.mss; }
  bool is_idle() const { return core_.board.empty(); }  // nothing is outstanding
  State state() const { return core_.state; }
  const Counters& counters() const { return core_.counters; }
  const RtoEstimator& rto_estimator() const { return core_.rto; }
  const SackScoreboard& scoreboard() const { return core_.board; }
  // Counts everything from scratch and compares. For DCHECKs and tests: cost grows with the window.
  bool IsConsistent() const;

 private:
  // LossRecovery::Actions
  void SendAfterTimer() override;
  LossRecovery::Probe SendProbe() override;
  void RestartRetransmissionTimer() override;

  AckSummary TakeIn(const AckEvent& ack);
  void OnDelivered(AckSummary& summary, SackScoreboard::Index index,
                   const SackScoreboard::Segment& segment, bool by_sack);
  std::optional<Duration> RttOf(const AckSummary& summary) const;
  void ReactToEcn(const AckSummary& summary);
  void CheckSpurious(const AckSummary& summary);
  void Undo(const AckSummary& summary, const TraceLabel& why);
  void MaybeGrow(const AckSummary& summary, State state_before);
  bool SendOne();              // false: nothing more may go now
  bool SendNew(int64_t room);  // false: nothing new may go
  void Resend(LossRecovery::Choice choice);
  void MaybeRestartAfterIdle();
  int64_t PacingRate() const;
  bool PacingAllows();
  void OnSent(SackScoreboard::Index index, bool is_resent);
  void SetTimers();
  void OnRetransmissionTimer();
  void NoteResend(const SackScoreboard::Segment& segment, const TraceLabel& why);

  // What most connections do without.
  struct Extras;
  Extras& extras();
  class Frto* frto();
  class Pacer* pacer();

  Host& host_;
  SenderCore core_;
  std::unique_ptr<CongestionControl> congestion_;
  std::unique_ptr<LossRecovery> recovery_;
  std::unique_ptr<Extras> extras_;  // if any of them is wanted
  SimTime last_sent_;
  int64_t limited_until_ = 0;       // data before this was sent when the window was the limit
  uint32_t timeouts_in_row_ = 0;    // without progress
  uint32_t timeouts_answered_ = 0;  // of these, by a peer whose window is closed
  bool is_forced_ = false;          // the timer expired: one segment goes whatever the room
  bool is_stopped_ = false;
  Timer<TcpSender, &TcpSender::OnRetransmissionTimer> rto_timer_;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_TCP_SENDER_H_
