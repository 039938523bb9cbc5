#include "protocols/sip/transaction/client_non_invite_transaction.h"

#include <algorithm>
#include <utility>

#include "protocols/sip/message/status_code.h"

namespace tickwire::sip {
namespace {

const TraceLabel& LabelOf(ClientNonInviteTransaction::State state) {
  using enum ClientNonInviteTransaction::State;
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

ClientNonInviteTransaction::ClientNonInviteTransaction(TransactionHost& host, std::string key,
                                                       SipMessage&& request, const Hop& hop)
    : ClientTransaction(host, std::move(key), std::move(request), hop),
      timer_e_interval_(host.timers().t1),
      timer_e_(host.clock(), *this, labels::kTimerE, entity()),
      timer_f_(host.clock(), *this, labels::kTimerF, entity()),
      timer_k_(host.clock(), *this, labels::kTimerK, entity()) {}

void ClientNonInviteTransaction::Start() {
  SetState(State::kTrying, labels::kRequestSent);
  timer_f_.Set(host_.timers().UntilFinalResponse());
  SendRequest();
  if (!hop().is_reliable()) timer_e_.Set(host_.timers().Ticked(timer_e_interval_));
  TW_DCHECK(IsConsistent());
}

void ClientNonInviteTransaction::OnResponse(const SipMessage& response) {
  switch (state_) {
    case State::kTrying:
    case State::kProceeding:
      break;
    case State::kCompleted:  // §17.1.2.2: repetitions are absorbed until K fires
      host_.trace().Note(entity(), labels::kIgnored, response.start_line());
      return;
    case State::kTerminated:
      return;
  }
  if (IsProvisional(response.status())) {
    if (state_ == State::kTrying) SetState(State::kProceeding, labels::kProvisionalReceived);
  } else {
    timer_e_.Cancel();
    timer_f_.Cancel();
    SetState(State::kCompleted, labels::kFinalReceived);
    timer_k_.Set(hop().is_reliable() ? Duration() : host_.timers().t4);
  }
  TW_DCHECK(IsConsistent());
  host_.user().OnResponse(*this, response);
}

void ClientNonInviteTransaction::OnTransportError() {
  switch (state_) {
    case State::kTrying:
    case State::kProceeding:
      host_.user().OnTransportError(*this);
      Terminate(labels::kTransportError);
      return;
    case State::kCompleted:  // nothing more is sent
    case State::kTerminated:
      return;
  }
}

void ClientNonInviteTransaction::Abandon() { Terminate(labels::kAbandoned); }

void ClientNonInviteTransaction::OnTimerE() {
  const TransactionTimers& timers = host_.timers();
  if (timers.most_request_repeats > 0 && repeats_ >= timers.most_request_repeats) {
    OnTimerF();
    return;
  }
  ++repeats_;
  // §17.1.2.2: once a provisional has come the interval is T2.
  timer_e_interval_ = state_ == State::kProceeding
                          ? host_.timers().t2
                          : std::min(2 * timer_e_interval_, host_.timers().t2);
  SendRequest();
  timer_e_.Set(timers.Ticked(timer_e_interval_));
}

void ClientNonInviteTransaction::OnTimerF() {
  host_.user().OnTimeout(*this);
  Terminate(labels::kTimerF);
}

void ClientNonInviteTransaction::OnTimerK() { Terminate(labels::kTimerK); }

void ClientNonInviteTransaction::SetState(State next, const TraceLabel& reason) {
  state_ = next;
  host_.trace().State(entity(), LabelOf(next), reason);
}

void ClientNonInviteTransaction::Terminate(const TraceLabel& reason) {
  timer_e_.Cancel();
  timer_f_.Cancel();
  timer_k_.Cancel();
  SetState(State::kTerminated, reason);
  host_.Finish(*this);
}

bool ClientNonInviteTransaction::IsConsistent() const {
  switch (state_) {
    case State::kTrying:
    case State::kProceeding:
      return timer_e_.is_set() == !hop().is_reliable() && timer_f_.is_set() && !timer_k_.is_set();
    case State::kCompleted:
      return !timer_e_.is_set() && !timer_f_.is_set() && timer_k_.is_set();
    case State::kTerminated:
      return true;
  }
  return false;
}

}  // namespace tickwire::sip
