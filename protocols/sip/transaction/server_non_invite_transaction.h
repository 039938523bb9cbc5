// Non-INVITE server transaction: RFC 3261 §17.2.2 (figure 8), with RFC 4320: no provisional but
// 100, that not before Timer E of the client has reached T2 and surely then; never a 408; and no
// final response once the client has given up, which is when the transaction ends by itself.
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSACTION_SERVER_NON_INVITE_TRANSACTION_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSACTION_SERVER_NON_INVITE_TRANSACTION_H_

#include <cstdint>
#include <string>

#include "protocols/sip/transaction/labels.h"
#include "protocols/sip/transaction/transaction.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class ServerNonInviteTransaction final : public ServerTransaction {
 public:
  enum class State : uint8_t { kTrying, kProceeding, kCompleted, kTerminated };

  ServerNonInviteTransaction(TransactionHost& host, std::string key, SipMessage&& request,
                             const Hop& hop);

  void Start() override;
  void OnRequest(const SipMessage& request) override;
  void OnTransportError() override;
  void Respond(SipMessage&& response) override;
  void Abandon() override { Terminate(labels::kAbandoned); }

  State state() const { return state_; }
  bool IsConsistent() const;

 private:
  void OnTimerJ();
  void OnTimerTrying();
  void OnTimerExpiry();
  bool MaySend(const SipMessage& response);
  void SetState(State next, const TraceLabel& reason);
  void Terminate(const TraceLabel& reason);  // destroys this

  State state_ = State::kTrying;
  Timer<ServerNonInviteTransaction, &ServerNonInviteTransaction::OnTimerJ> timer_j_;
  Timer<ServerNonInviteTransaction, &ServerNonInviteTransaction::OnTimerTrying> timer_trying_;
  Timer<ServerNonInviteTransaction, &ServerNonInviteTransaction::OnTimerExpiry> timer_expiry_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSACTION_SERVER_NON_INVITE_TRANSACTION_H_
