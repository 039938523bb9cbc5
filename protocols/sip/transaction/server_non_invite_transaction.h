// Non-INVITE server transaction: RFC 3261 §17.2.2 (figure 8).
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
  void SetState(State next, const TraceLabel& reason);
  void Terminate(const TraceLabel& reason);  // destroys this

  State state_ = State::kTrying;
  Timer<ServerNonInviteTransaction, &ServerNonInviteTransaction::OnTimerJ> timer_j_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSACTION_SERVER_NON_INVITE_TRANSACTION_H_
