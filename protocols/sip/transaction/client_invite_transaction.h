// INVITE client transaction: RFC 3261 §17.1.1 with the Accepted state of RFC 6026 §8.4 (figure 5).
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSACTION_CLIENT_INVITE_TRANSACTION_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSACTION_CLIENT_INVITE_TRANSACTION_H_

#include <cstdint>
#include <string>

#include "protocols/sip/transaction/labels.h"
#include "protocols/sip/transaction/transaction.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class ClientInviteTransaction final : public ClientTransaction {
 public:
  enum class State : uint8_t { kCalling, kProceeding, kCompleted, kAccepted, kTerminated };

  ClientInviteTransaction(TransactionHost& host, std::string key, SipMessage&& request,
                          const Hop& hop);

  void Start() override;
  void OnResponse(const SipMessage& response) override;
  void OnTransportError() override;
  void Abandon() override;

  State state() const { return state_; }
  // Per state: which timers run.
  bool IsConsistent() const;

 private:
  void OnTimerA();
  void OnTimerB();
  void OnTimerD();
  void OnTimerM();
  void OnProvisional(const SipMessage& response);
  void OnSuccess(const SipMessage& response);
  void OnFailure(const SipMessage& response);
  void SetState(State next, const TraceLabel& reason);
  void Terminate(const TraceLabel& reason);  // destroys this

  State state_ = State::kCalling;
  Duration timer_a_interval_;
  int repeats_ = 0;
  std::string ack_;  // octets of the ACK to a 300-699 response
  Timer<ClientInviteTransaction, &ClientInviteTransaction::OnTimerA> timer_a_;
  Timer<ClientInviteTransaction, &ClientInviteTransaction::OnTimerB> timer_b_;
  Timer<ClientInviteTransaction, &ClientInviteTransaction::OnTimerD> timer_d_;
  Timer<ClientInviteTransaction, &ClientInviteTransaction::OnTimerM> timer_m_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSACTION_CLIENT_INVITE_TRANSACTION_H_
