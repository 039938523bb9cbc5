// SuccessKeeper: repeats the 2xx to an INVITE until its ACK comes (RFC 3261 §13.3.1.4).
//
// One for each INVITE that was answered with a 2xx and not acknowledged yet; several may wait at a
// time (RFC 5407 §3.1.4). Over any transport, since the 2xx may get lost on a hop further on.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_SUCCESS_KEEPER_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_SUCCESS_KEEPER_H_

#include <cstdint>
#include <string>

#include "protocols/sip/transaction/transaction_layer.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class SuccessKeeper {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void OnSuccessRepeated() = 0;
    // No ACK within 64*T1. May destroy the keeper.
    virtual void OnNoAck(SuccessKeeper& keeper) = 0;
  };

  // All must outlive this. `number` is of the INVITE's CSeq, `key` of its transaction. The 2xx has
  // just been sent. `most_copies` is how often it is repeated; 0: without limit.
  SuccessKeeper(NodeClock& clock, const TraceEntity& entity, TransactionLayer& table, Owner& owner,
                uint32_t number, std::string key, int most_copies);

  ~SuccessKeeper();

  uint32_t number() const { return number_; }

 private:
  void OnTimer2xx();
  void OnTimerAckWait() { owner_.OnNoAck(*this); }

  TransactionLayer& table_;
  Owner& owner_;
  uint32_t number_;
  int copies_left_;
  std::string key_;
  Duration interval_;
  Timer<SuccessKeeper, &SuccessKeeper::OnTimer2xx> timer_2xx_;
  Timer<SuccessKeeper, &SuccessKeeper::OnTimerAckWait> timer_ack_wait_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_SUCCESS_KEEPER_H_
