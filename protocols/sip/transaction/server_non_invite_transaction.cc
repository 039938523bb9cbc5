#include "protocols/sip/transaction/server_non_invite_transaction.h"

#include <utility>

#include "protocols/sip/message/status_code.h"

namespace tickwire::sip {
namespace {

const TraceLabel& LabelOf(ServerNonInviteTransaction::State state) {
  using enum ServerNonInviteTransaction::State;
  switch (state) {
    case kTrying:
      return labels::kTrying;
    case kProceeding:
      return labels::kProceeding;
    case kCompleted:
      return labels::kCompleted;
    case kTerminated:
      break;
  }
  return labels::kTerminated;
}

}  // namespace

ServerNonInviteTransaction::ServerNonInviteTransaction(TransactionHost& host, std::string key,
                                                       SipMessage&& request, const Hop& hop)
    : ServerTransaction(host, std::move(key), std::move(request), hop),
      timer_j_(host.clock(), *this, labels::kTimerJ, entity()) {}

void ServerNonInviteTransaction::Start() { SetState(State::kTrying, labels::kRequestReceived); }

void ServerNonInviteTransaction::OnRequest(const SipMessage&) {
  switch (state_) {
    case State::kTrying:  // §17.2.2: discarded
      host_.trace().Note(entity(), labels::kRetransmissionAbsorbed);
      return;
    case State::kProceeding:
    case State::kCompleted:
      ResendResponse();
      return;
    case State::kTerminated:
      return;
  }
}

void ServerNonInviteTransaction::Respond(SipMessage&& response) {
  switch (state_) {
    case State::kTrying:
    case State::kProceeding:
      break;
    case State::kCompleted:
    case State::kTerminated:
      host_.trace().Note(entity(), labels::kNotSent, response.start_line());
      return;
  }
  const bool is_final = IsFinal(response.status());
  if (is_final) {
    SetState(State::kCompleted, labels::kFinalSent);
  } else if (state_ == State::kTrying) {
    SetState(State::kProceeding, labels::kProvisionalSent);
  }
  SendResponse(std::move(response));
  if (is_final) timer_j_.Set(hop().is_reliable ? Duration() : host_.timers().SixtyFourT1());
  TW_DCHECK(IsConsistent());
}

void ServerNonInviteTransaction::OnTransportError() {
  switch (state_) {
    case State::kProceeding:
    case State::kCompleted:
      host_.user().OnTransportError(*this);
      Terminate(labels::kTransportError);
      return;
    case State::kTrying:  // nothing was sent
    case State::kTerminated:
      return;
  }
}

void ServerNonInviteTransaction::OnTimerJ() { Terminate(labels::kTimerJ); }

void ServerNonInviteTransaction::SetState(State next, const TraceLabel& reason) {
  state_ = next;
  host_.trace().State(entity(), LabelOf(next), reason);
}

void ServerNonInviteTransaction::Terminate(const TraceLabel& reason) {
  timer_j_.Cancel();
  SetState(State::kTerminated, reason);
  host_.Finish(*this);
}

bool ServerNonInviteTransaction::IsConsistent() const {
  return state_ == State::kTerminated || timer_j_.is_set() == (state_ == State::kCompleted);
}

}  // namespace tickwire::sip
