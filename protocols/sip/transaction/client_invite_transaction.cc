#include "protocols/sip/transaction/client_invite_transaction.h"

#include <algorithm>
#include <utility>

#include "protocols/sip/message/status_code.h"
#include "protocols/sip/transaction/derived_requests.h"

namespace tickwire::sip {
namespace {

const TraceLabel& LabelOf(ClientInviteTransaction::State state) {
  using enum ClientInviteTransaction::State;
  switch (state) {
    case kCalling:
      return labels::kCalling;
    case kProceeding:
      return labels::kProceeding;
    case kCompleted:
      return labels::kCompleted;
    case kAccepted:
      return labels::kAccepted;
    case kTerminated:
      break;
  }
  return labels::kTerminated;
}

}  // namespace

ClientInviteTransaction::ClientInviteTransaction(TransactionHost& host, std::string key,
                                                 SipMessage&& request, const Hop& hop)
    : ClientTransaction(host, std::move(key), std::move(request), hop),
      timer_a_interval_(host.timers().t1),
      timer_a_(host.clock(), *this, labels::kTimerA, entity()),
      timer_b_(host.clock(), *this, labels::kTimerB, entity()),
      timer_d_(host.clock(), *this, labels::kTimerD, entity()),
      timer_m_(host.clock(), *this, labels::kTimerM, entity()) {}

void ClientInviteTransaction::Start() {
  SetState(State::kCalling, labels::kRequestSent);
  SendRequest();
  if (!hop().is_reliable()) timer_a_.Set(host_.timers().Ticked(timer_a_interval_));
  timer_b_.Set(host_.timers().UntilFinalResponse());
  TW_DCHECK(IsConsistent());
}

void ClientInviteTransaction::OnResponse(const SipMessage& response) {
  if (IsProvisional(response.status())) {
    OnProvisional(response);
  } else if (IsSuccess(response.status())) {
    OnSuccess(response);
  } else {
    OnFailure(response);
  }
}

void ClientInviteTransaction::OnProvisional(const SipMessage& response) {
  switch (state_) {
    case State::kCalling:
      // §17.1.1.2: no more repetitions; B concerns only the Calling state.
      timer_a_.Cancel();
      timer_b_.Cancel();
      SetState(State::kProceeding, labels::kProvisionalReceived);
      [[fallthrough]];
    case State::kProceeding:
      TW_DCHECK(IsConsistent());
      host_.user().OnResponse(*this, response);
      return;
    case State::kCompleted:
    case State::kAccepted:  // late: a final response has overtaken it
      host_.trace().Note(entity(), labels::kIgnored, response.start_line());
      return;
    case State::kTerminated:
      return;
  }
}

void ClientInviteTransaction::OnSuccess(const SipMessage& response) {
  switch (state_) {
    case State::kCalling:
    case State::kProceeding:
      timer_a_.Cancel();
      timer_b_.Cancel();
      SetState(State::kAccepted, labels::kSuccessReceived);
      timer_m_.Set(host_.timers().SixtyFourT1());
      [[fallthrough]];
    case State::kAccepted:
      // RFC 6026 §8.4: each 2xx goes up, copies and those of other branches alike.
      TW_DCHECK(IsConsistent());
      host_.user().OnResponse(*this, response);
      return;
    case State::kCompleted:  // only a proxy that breaks §16.7 could do this
      host_.trace().Note(entity(), labels::kIgnored, response.start_line());
      return;
    case State::kTerminated:
      return;
  }
}

void ClientInviteTransaction::OnFailure(const SipMessage& response) {
  switch (state_) {
    case State::kCalling:
    case State::kProceeding: {
      timer_a_.Cancel();
      timer_b_.Cancel();
      SetState(State::kCompleted, labels::kFailureReceived);
      ack_ = MakeAckForFailure(request(), response).TakeWire();
      host_.transport().Send(hop(), ack_);
      timer_d_.Set(hop().is_reliable() ? Duration() : host_.timers().d);
      TW_DCHECK(IsConsistent());
      host_.user().OnResponse(*this, response);
      return;
    }
    case State::kCompleted:
      // The ACK was lost: send it again; the user knows the response already.
      host_.transport().Send(hop(), ack_);
      return;
    case State::kAccepted:
      host_.trace().Note(entity(), labels::kIgnored, response.start_line());
      return;
    case State::kTerminated:
      return;
  }
}

void ClientInviteTransaction::OnTransportError() {
  switch (state_) {
    case State::kCalling:
    case State::kCompleted:
      host_.user().OnTransportError(*this);
      Terminate(labels::kTransportError);
      return;
    case State::kProceeding:  // nothing of ours is on its way: RFC 6026 figure 5 has no such arrow
    case State::kAccepted:
      host_.trace().Note(entity(), labels::kTransportError);
      return;
    case State::kTerminated:
      return;
  }
}

void ClientInviteTransaction::Abandon() { Terminate(labels::kAbandoned); }

void ClientInviteTransaction::OnTimerA() {
  const TransactionTimers& timers = host_.timers();
  if (timers.most_invite_repeats > 0 && repeats_ >= timers.most_invite_repeats) {
    OnTimerB();
    return;
  }
  ++repeats_;
  timer_a_interval_ = std::min(2 * timer_a_interval_, timers.longest_invite_interval);
  SendRequest();
  timer_a_.Set(timers.Ticked(timer_a_interval_));
}

void ClientInviteTransaction::OnTimerB() {
  host_.user().OnTimeout(*this);
  Terminate(labels::kTimerB);
}

void ClientInviteTransaction::OnTimerD() { Terminate(labels::kTimerD); }

void ClientInviteTransaction::OnTimerM() { Terminate(labels::kTimerM); }

void ClientInviteTransaction::SetState(State next, const TraceLabel& reason) {
  state_ = next;
  host_.trace().State(entity(), LabelOf(next), reason);
}

void ClientInviteTransaction::Terminate(const TraceLabel& reason) {
  timer_a_.Cancel();
  timer_b_.Cancel();
  timer_d_.Cancel();
  timer_m_.Cancel();
  SetState(State::kTerminated, reason);
  host_.Finish(*this);
}

bool ClientInviteTransaction::IsConsistent() const {
  switch (state_) {
    case State::kCalling:
      return timer_a_.is_set() == !hop().is_reliable() && timer_b_.is_set() && !timer_d_.is_set() &&
             !timer_m_.is_set();
    case State::kProceeding:
      return !timer_a_.is_set() && !timer_b_.is_set() && !timer_d_.is_set() && !timer_m_.is_set();
    case State::kCompleted:
      return !timer_a_.is_set() && !timer_b_.is_set() && timer_d_.is_set() && !timer_m_.is_set();
    case State::kAccepted:
      return !timer_a_.is_set() && !timer_b_.is_set() && !timer_d_.is_set() && timer_m_.is_set();
    case State::kTerminated:
      return true;
  }
  return false;
}

}  // namespace tickwire::sip
