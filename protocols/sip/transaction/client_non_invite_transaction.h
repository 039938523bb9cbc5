// Non-INVITE client transaction: RFC 3261 §17.1.2 (figure 6).
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSACTION_CLIENT_NON_INVITE_TRANSACTION_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSACTION_CLIENT_NON_INVITE_TRANSACTION_H_

#include <cstdint>
#include <string>

#include "protocols/sip/transaction/labels.h"
#include "protocols/sip/transaction/transaction.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class ClientNonInviteTransaction final : public ClientTransaction {
 public:
  enum class State : uint8_t { kTrying, kProceeding, kCompleted, kTerminated };

  ClientNonInviteTransaction(TransactionHost& host, std::string key, SipMessage&& request,
                             const Hop& hop);

  void Start() override;
  void OnResponse(const SipMessage& response) override;
  void OnTransportError() override;
  void Abandon() override;

  State state() const { return state_; }
  bool IsConsistent() const;

 private:
  void OnTimerE();
  void OnTimerF();
  void OnTimerK();
  void SetState(State next, const TraceLabel& reason);
  void Terminate(const TraceLabel& reason);  // destroys this

  State state_ = State::kTrying;
  Duration timer_e_interval_;
  int repeats_ = 0;
  Timer<ClientNonInviteTransaction, &ClientNonInviteTransaction::OnTimerE> timer_e_;
  Timer<ClientNonInviteTransaction, &ClientNonInviteTransaction::OnTimerF> timer_f_;
  Timer<ClientNonInviteTransaction, &ClientNonInviteTransaction::OnTimerK> timer_k_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSACTION_CLIENT_NON_INVITE_TRANSACTION_H_
