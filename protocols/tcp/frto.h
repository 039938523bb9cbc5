// Frto: tells after a retransmission time-out whether it was spurious, by what the next ACKs cover
// (RFC 5682: section 2.1, and 3.1 where SACK is in use).
//
// After the first segment was resent nothing else is, until the ACKs decide: the first that
// advances lets two new segments go instead (TcpSender does that), the second gives the verdict.
#ifndef TICKWIRE_PROTOCOLS_TCP_FRTO_H_
#define TICKWIRE_PROTOCOLS_TCP_FRTO_H_

#include <cstdint>

#include "protocols/tcp/sender_core.h"

namespace tickwire::tcp {

class Frto {
 public:
  enum class Verdict : uint8_t {
    kNone,          // nothing to decide
    kWait,          // undecided
    kSpurious,      // what was sent before the time-out is still arriving
    kConventional,  // go on resending as after any time-out
  };

  // The retransmission timer expired. `was_recovering`: in the congestion states that section 2.1
  // step 1 and section 3.1 rule out. Returns whether it begins.
  bool OnTimeout(bool was_recovering);
  // `core.board` has taken the ACK in, nothing else. Sets core.cwnd where the RFC bounds it.
  Verdict OnAck(const AckSummary& ack, SenderCore& core);
  // True while two new segments may go in place of retransmissions (step 2b).
  bool wants_new_data() const { return step_ == Step::kSecondAck && new_segments_ < 2; }
  bool holds_back_retransmissions() const { return step_ == Step::kSecondAck; }
  void OnSentNew() { ++new_segments_; }
  // Step 2b: there is nothing new, or no window for it. True if that ends it.
  bool OnNothingNew();
  void Stop() { step_ = Step::kOff; }
  bool is_active() const { return step_ != Step::kOff; }

 private:
  enum class Step : uint8_t { kOff, kFirstAck, kSecondAck };
  Verdict Decide(Verdict verdict) {
    step_ = Step::kOff;
    return verdict;
  }
  Verdict OnFirstAck(const AckSummary& ack, SenderCore& core);
  Verdict OnSecondAck(const AckSummary& ack, SenderCore& core);

  Step step_ = Step::kOff;
  uint8_t new_segments_ = 0;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_FRTO_H_
