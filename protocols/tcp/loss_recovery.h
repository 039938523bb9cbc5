// LossRecovery: finds out what was lost, and says what is resent when.
//
// One of timeout_recovery, reno_recovery, new_reno_recovery, sack_recovery, rack_recovery; adding
// one: a pair of files, a test, a line in MakeLossRecovery(). TcpSender asks it after each ACK and
// before each segment; it marks the scoreboard and moves between the congestion states, and what
// all kinds do alike in fast recovery is in FastRecovery. Sends nothing itself.
#ifndef TICKWIRE_PROTOCOLS_TCP_LOSS_RECOVERY_H_
#define TICKWIRE_PROTOCOLS_TCP_LOSS_RECOVERY_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "protocols/tcp/congestion_control.h"
#include "protocols/tcp/sender_core.h"

namespace tickwire::tcp {

class LossRecovery {
 public:
  struct Choice {
    SackScoreboard::Index index;
    const TraceLabel* why;
  };
  enum class Probe : uint8_t { kNone, kNew, kResent };
  // What a recovery with timers of its own asks of the sender when one expires.
  class Actions {
   public:
    // Losses may have been marked: sends what may go and sets the timers.
    virtual void SendAfterTimer() = 0;
    // One segment past the window: a new one if there is one, else the highest sent.
    virtual Probe SendProbe() = 0;
    // Sets the retransmission timer anew if anything is outstanding.
    virtual void RestartRetransmissionTimer() = 0;

   protected:
    ~Actions() = default;
  };

  virtual ~LossRecovery() = default;
  // After the scoreboard took the ACK in, in every congestion state.
  virtual void OnAck(const AckSummary& ack) = 0;
  // The retransmission timer expired, the state is kLoss already. Marks as lost the first segment
  // and what was last sent at `sent_until` or before (F-RTO leaves the others alone at first).
  virtual void OnTimeout(SimTime sent_until) = 0;
  // A time-out or recovery turned out spurious and is undone.
  virtual void OnUndo() {}
  // What to resend before anything new is sent.
  virtual std::optional<Choice> Next() = 0;
  // What to resend when there is room but nothing new may be sent.
  virtual std::optional<Choice> LastResort() { return std::nullopt; }
  // Nothing new may be sent, whatever the room. True if it therefore entered recovery (RFC 5827).
  virtual bool OnNothingNew() { return false; }
  // How many bytes may be sent now; below zero if too many are in the network.
  virtual int64_t Room() const = 0;
  // True once after entering recovery: the next segment is resent whatever the room.
  virtual bool TakeForced() { return false; }
  virtual void OnSent(SackScoreboard::Index index, bool is_resent) {
    (void)index;
    (void)is_resent;
  }
  // Sets its own timers; true if one of them runs instead of the retransmission timer.
  // REQUIRES: something is outstanding.
  virtual bool SetTimers() { return false; }
  virtual void StopTimers() {}
};

// The kind that core.config asks for and core.sack allows. All outlive it.
std::unique_ptr<LossRecovery> MakeLossRecovery(SenderCore& core, CongestionControl& congestion,
                                               LossRecovery::Actions& actions);

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_LOSS_RECOVERY_H_
