// ReliableProvisionals: the provisional responses to one INVITE that wait for their PRACK (RFC 3262
// §3, the server's side).
//
// One response is under way at a time; it is sent again from T1, doubling, without an upper bound
// of the interval, for 64*T1. Further ones wait in line with the numbers that follow.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_RELIABLE_PROVISIONALS_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_RELIABLE_PROVISIONALS_H_

#include <cstdint>
#include <deque>
#include <string>

#include "protocols/sip/transaction/transaction_layer.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class ReliableProvisionals {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    // 64*T1 without PRACK: the INVITE is to be refused with a 5xx (§3). May destroy this.
    virtual void OnNoPrack() = 0;
  };

  // All must outlive this. `first_number` is the first RSeq, 1 to 2^31 - 1; `key` names the
  // INVITE's transaction, `invite_number` is of its CSeq.
  ReliableProvisionals(NodeClock& clock, const TraceEntity& entity, TransactionLayer& table,
                       Owner& owner, uint32_t first_number, uint32_t invite_number,
                       std::string key);

  ~ReliableProvisionals() { Stop(); }

  // Adds Require: 100rel and RSeq to a response of 101 to 199 that has no body and no
  // Content-Length yet, then `body` (may be empty), and sends it now or when those before it are
  // acknowledged.
  void Send(SipMessage&& response, absl::string_view body_type, absl::string_view body);
  // A PRACK. False: it acknowledges nothing that waits, and gets 481 (§3).
  bool OnPrack(const RAck& ack);
  bool is_waiting() const { return !queue_.empty(); }
  // Whether one with a body is not acknowledged yet: then no 2xx may be sent (§3).
  bool has_unacknowledged_body() const;
  // A final response was sent: nothing is repeated any more. A late PRACK is still accepted (§3).
  void Stop() { timer_.Cancel(), timer_give_up_.Cancel(); }

 private:
  struct Pending {
    SipMessage response;
    uint32_t number;
    bool has_body;
  };
  void SendFirst();
  void OnTimer();
  void OnTimerGiveUp() { owner_.OnNoPrack(); }

  TransactionLayer& table_;
  Owner& owner_;
  uint32_t next_number_;
  uint32_t invite_number_;
  std::string key_;
  Duration interval_;
  std::deque<Pending> queue_;
  Timer<ReliableProvisionals, &ReliableProvisionals::OnTimer> timer_;
  Timer<ReliableProvisionals, &ReliableProvisionals::OnTimerGiveUp> timer_give_up_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_RELIABLE_PROVISIONALS_H_
