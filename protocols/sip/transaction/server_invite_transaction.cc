#include "protocols/sip/transaction/server_invite_transaction.h"

#include <algorithm>
#include <utility>

#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/message/status_code.h"

namespace tickwire::sip {
namespace {

const TraceLabel& LabelOf(ServerInviteTransaction::State state) {
  using enum ServerInviteTransaction::State;
  switch (state) {
    case kProceeding:
      return labels::kProceeding;
    case kCompleted:
      return labels::kCompleted;
    case kConfirmed:
      return labels::kConfirmed;
    case kAccepted:
      return labels::kAccepted;
    case kTerminated:
      break;
  }
  return labels::kTerminated;
}

}  // namespace

ServerInviteTransaction::ServerInviteTransaction(TransactionHost& host, std::string key,
                                                 SipMessage&& request, const Hop& hop)
    : ServerTransaction(host, std::move(key), std::move(request), hop),
      timer_g_interval_(host.timers().t1),
      timer_g_(host.clock(), *this, labels::kTimerG, entity()),
      timer_h_(host.clock(), *this, labels::kTimerH, entity()),
      timer_i_(host.clock(), *this, labels::kTimerI, entity()),
      timer_l_(host.clock(), *this, labels::kTimerL, entity()),
      timer_trying_(host.clock(), *this, labels::kTimerTrying, entity()) {}

void ServerInviteTransaction::Start() {
  SetState(State::kProceeding, labels::kRequestReceived);
  timer_trying_.Set(host_.timers().trying);
}

void ServerInviteTransaction::OnRequest(const SipMessage& request) {
  if (request.method() == Method::kAck) {
    OnAck(request);
    return;
  }
  // A repeated INVITE.
  switch (state_) {
    case State::kProceeding:
      // §17.2.1: the last provisional answers it; before the first one it is only absorbed.
      if (last_status() != 0) {
        ResendResponse();
      } else {
        host_.trace().Note(entity(), labels::kRetransmissionAbsorbed);
      }
      return;
    case State::kCompleted:
      ResendResponse();
      return;
    case State::kConfirmed:
    case State::kAccepted:  // RFC 6026 §8.7: the core repeats its 2xx on its own clock
      host_.trace().Note(entity(), labels::kRetransmissionAbsorbed);
      return;
    case State::kTerminated:
      return;
  }
}

void ServerInviteTransaction::OnAck(const SipMessage& ack) {
  switch (state_) {
    case State::kCompleted:
      timer_g_.Cancel();
      timer_h_.Cancel();
      SetState(State::kConfirmed, labels::kAckReceived);
      timer_i_.Set(hop().is_reliable() ? Duration() : host_.timers().t4);
      TW_DCHECK(IsConsistent());
      return;
    case State::kAccepted:
      host_.user().OnAck(this, ack);
      return;
    case State::kProceeding:  // an ACK to nothing
    case State::kConfirmed:
      host_.trace().Note(entity(), labels::kIgnored, ack.start_line());
      return;
    case State::kTerminated:
      return;
  }
}

void ServerInviteTransaction::Respond(SipMessage&& response) {
  const int status = response.status();
  const bool repeats_success = state_ == State::kAccepted && IsSuccess(status);
  if (state_ != State::kProceeding && !repeats_success) {
    host_.trace().Note(entity(), labels::kNotSent, response.start_line());
    return;
  }
  timer_trying_.Cancel();
  if (IsProvisional(status) || repeats_success) {
    SendResponse(std::move(response));
    return;
  }
  if (IsSuccess(status)) {
    SetState(State::kAccepted, labels::kSuccessSent);
    SendResponse(std::move(response));
    timer_l_.Set(host_.timers().SixtyFourT1());
  } else {
    SetState(State::kCompleted, labels::kFailureSent);
    SendResponse(std::move(response));
    if (!hop().is_reliable()) timer_g_.Set(timer_g_interval_);
    timer_h_.Set(host_.timers().SixtyFourT1());
  }
  TW_DCHECK(IsConsistent());
}

void ServerInviteTransaction::ResendSuccess() {
  TW_CHECK(state_ == State::kAccepted);
  ResendResponse();
}

void ServerInviteTransaction::OnTransportError() {
  switch (state_) {
    case State::kProceeding:
    case State::kCompleted:
    case State::kAccepted:
      // RFC 6026 §8.6: the user hears of it, the state stays: a repetition may get through.
      host_.user().OnTransportError(*this);
      return;
    case State::kConfirmed:
    case State::kTerminated:
      return;
  }
}

void ServerInviteTransaction::OnTimerG() {
  timer_g_interval_ = std::min(2 * timer_g_interval_, host_.timers().t2);
  ResendResponse();
  timer_g_.Set(timer_g_interval_);
}

void ServerInviteTransaction::OnTimerH() {
  host_.user().OnTimeout(*this);
  Terminate(labels::kTimerH);
}

void ServerInviteTransaction::OnTimerI() { Terminate(labels::kTimerI); }

void ServerInviteTransaction::OnTimerL() { Terminate(labels::kTimerL); }

void ServerInviteTransaction::OnTimerTrying() { SendResponse(MakeResponse(request(), 100)); }

void ServerInviteTransaction::SetState(State next, const TraceLabel& reason) {
  state_ = next;
  host_.trace().State(entity(), LabelOf(next), reason);
}

void ServerInviteTransaction::Terminate(const TraceLabel& reason) {
  timer_g_.Cancel();
  SetState(State::kTerminated, reason);
  host_.Finish(*this);
}

bool ServerInviteTransaction::IsConsistent() const {
  const bool g = timer_g_.is_set(), h = timer_h_.is_set(), i = timer_i_.is_set();
  const bool l = timer_l_.is_set(), trying = timer_trying_.is_set();
  switch (state_) {
    case State::kProceeding:
      return !g && !h && !i && !l;
    case State::kCompleted:
      return g == !hop().is_reliable() && h && !i && !l && !trying;
    case State::kConfirmed:
      return !g && !h && i && !l && !trying;
    case State::kAccepted:
      return !g && !h && !i && l && !trying;
    case State::kTerminated:
      return true;
  }
  return false;
}

}  // namespace tickwire::sip
