// INVITE server transaction: RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §8.5 to §8.7
// (figure 7).
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSACTION_SERVER_INVITE_TRANSACTION_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSACTION_SERVER_INVITE_TRANSACTION_H_

#include <cstdint>
#include <string>

#include "protocols/sip/transaction/labels.h"
#include "protocols/sip/transaction/transaction.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class ServerInviteTransaction final : public ServerTransaction {
 public:
  enum class State : uint8_t { kProceeding, kCompleted, kConfirmed, kAccepted, kTerminated };

  ServerInviteTransaction(TransactionHost& host, std::string key, SipMessage&& request,
                          const Hop& hop);

  void Start() override;
  void OnRequest(const SipMessage& request) override;
  void OnTransportError() override;
  void Respond(SipMessage&& response) override;
  // Sends the 2xx once more, for the core that has to repeat it (§13.3.1.4). REQUIRES: state() ==
  // kAccepted.
  void ResendSuccess() override;

  State state() const { return state_; }
  bool IsConsistent() const;

 private:
  void OnTimerG();
  void OnTimerH();
  void OnTimerI();
  void OnTimerL();
  void OnTimerTrying();
  void OnAck(const SipMessage& ack);
  void SetState(State next, const TraceLabel& reason);
  void Terminate(const TraceLabel& reason);  // destroys this

  State state_ = State::kProceeding;
  Duration timer_g_interval_;
  Timer<ServerInviteTransaction, &ServerInviteTransaction::OnTimerG> timer_g_;
  Timer<ServerInviteTransaction, &ServerInviteTransaction::OnTimerH> timer_h_;
  Timer<ServerInviteTransaction, &ServerInviteTransaction::OnTimerI> timer_i_;
  Timer<ServerInviteTransaction, &ServerInviteTransaction::OnTimerL> timer_l_;
  Timer<ServerInviteTransaction, &ServerInviteTransaction::OnTimerTrying> timer_trying_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSACTION_SERVER_INVITE_TRANSACTION_H_
