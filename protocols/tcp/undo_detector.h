// UndoDetector: tells that a reduction of the window was for nothing, because the retransmission it
// came with was: by timestamps (RFC 3522) or by D-SACK (RFC 2883 section 5).
//
// Watches one loss event at a time, from the reduction until the next one. Keeps what RFC 4015
// needs to take it back; doing so is TcpSender's part.
#ifndef TICKWIRE_PROTOCOLS_TCP_UNDO_DETECTOR_H_
#define TICKWIRE_PROTOCOLS_TCP_UNDO_DETECTOR_H_

#include <cstdint>
#include <optional>

#include "protocols/tcp/sender_core.h"

namespace tickwire::tcp {

class UndoDetector {
 public:
  // RFC 4015 section 3.1 step 0: as it was before the reduction.
  struct Before {
    int64_t flight = 0;
    int64_t cwnd = 0;
    int64_t ssthresh = 0;
    Duration srtt;
    Duration rttvar;
  };

  // A reduction happened; `recover`: snd_nxt() then.
  void Begin(const Before& before, int64_t snd_una, int64_t recover, bool is_timeout);
  // A segment was resent.
  void OnResent(SeqRange range, SimTime now);
  // The rule that shows the retransmissions spurious; null while none does.
  const TraceLabel* OnAck(const AckSummary& ack, const SenderCore& core);
  // Taken back, or nothing to take back any more.
  void End() { is_watching_ = false; }

  bool is_watching() const { return is_watching_; }
  bool is_timeout() const { return is_timeout_; }
  int64_t recover() const { return recover_; }
  const Before& before() const { return before_; }

 private:
  Before before_;
  int64_t snd_una_ = 0;
  int64_t recover_ = 0;
  int64_t unproven_bytes_ = 0;  // resent, and no D-SACK says that the peer had them
  std::optional<SimTime> first_resent_;
  int64_t first_resent_end_ = 0;
  bool is_watching_ = false;
  bool is_timeout_ = false;
  bool is_timestamp_spent_ = false;  // the first acceptable ACK has come
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_UNDO_DETECTOR_H_
