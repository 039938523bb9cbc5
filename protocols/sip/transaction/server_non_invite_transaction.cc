#include "protocols/sip/transaction/server_non_invite_transaction.h"

#include <utility>

#include "protocols/sip/message/response_builder.h"
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
      timer_j_(host.clock(), *this, labels::kTimerJ, entity()),
      timer_trying_(host.clock(), *this, labels::kTimerTrying4320, entity()),
      timer_expiry_(host.clock(), *this, labels::kTimerExpiry, entity()) {}

void ServerNonInviteTransaction::Start() {
  SetState(State::kTrying, labels::kRequestReceived);
  timer_trying_.Set(host_.timers().UntilTimerEIsT2());
  TW_DCHECK(IsConsistent());
}

void ServerNonInviteTransaction::OnRequest(const SipMessage&) {
  switch (state_) {
    case State::kTrying:  // §17.2.2: discarded
      host_.trace().Note(entity(), labels::kRetransmissionAbsorbed);
      return;
    case State::kProceeding:
    case State::kCompleted:
      if (last_status() != 0) {
        ResendResponse();
      } else {  // RFC 4320 §4.2: a 408 was kept back
        host_.trace().Note(entity(), labels::kRetransmissionAbsorbed);
      }
      return;
    case State::kTerminated:
      return;
  }
}

// RFC 4320 §4.1: of provisional responses only 100 may be sent, and over an unreliable hop only
// once it slows down a client that repeats its request every T2 already.
bool ServerNonInviteTransaction::MaySend(const SipMessage& response) {
  if (!IsProvisional(response.status())) return true;
  const bool is_early = !hop().is_reliable() && timer_trying_.is_set();
  return response.status() == 100 && !is_early;
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
  if (!MaySend(response)) {
    host_.trace().Note(entity(), labels::kProvisionalNotSent, response.start_line());
    return;
  }
  const bool is_final = IsFinal(response.status());
  if (is_final) {
    timer_trying_.Cancel();
    timer_expiry_.Cancel();
    // RFC 4320 §4.2: a 408 would only blame the wrong element. Repetitions are still absorbed.
    const bool is_silent = response.status() == 408;
    SetState(State::kCompleted, is_silent ? labels::kTimeoutNotSent : labels::kFinalSent);
    timer_j_.Set(hop().is_reliable() ? Duration() : host_.timers().SixtyFourT1());
    if (!is_silent) SendResponse(std::move(response));
    TW_DCHECK(IsConsistent());
    return;
  }
  if (state_ == State::kTrying) SetState(State::kProceeding, labels::kProvisionalSent);
  SendResponse(std::move(response));
  TW_DCHECK(IsConsistent());
}

// RFC 6026 §8.8, for both kinds of server transaction: the user hears of it, the state stays, and a
// repetition may get through.
void ServerNonInviteTransaction::OnTransportError() {
  if (state_ == State::kProceeding || state_ == State::kCompleted) {
    host_.user().OnTransportError(*this);
  }
}

void ServerNonInviteTransaction::OnTimerJ() { Terminate(labels::kTimerJ); }

void ServerNonInviteTransaction::OnTimerTrying() {
  timer_expiry_.Set(host_.timers().SixtyFourT1() - host_.timers().UntilTimerEIsT2());
  if (state_ == State::kTrying) {
    SetState(State::kProceeding, labels::kProvisionalSent);
    SendResponse(MakeResponse(request(), 100));
  }
  TW_DCHECK(IsConsistent());
}

// RFC 4320 §4.2: the client has given up; whatever is sent from now on is a stray.
void ServerNonInviteTransaction::OnTimerExpiry() { Terminate(labels::kTimerExpiry); }

void ServerNonInviteTransaction::SetState(State next, const TraceLabel& reason) {
  state_ = next;
  host_.trace().State(entity(), LabelOf(next), reason);
}

void ServerNonInviteTransaction::Terminate(const TraceLabel& reason) {
  timer_j_.Cancel();
  timer_trying_.Cancel();
  timer_expiry_.Cancel();
  SetState(State::kTerminated, reason);
  host_.Finish(*this);
}

bool ServerNonInviteTransaction::IsConsistent() const {
  switch (state_) {
    case State::kTrying:
      return timer_trying_.is_set() && !timer_expiry_.is_set() && !timer_j_.is_set();
    case State::kProceeding:
      return timer_trying_.is_set() != timer_expiry_.is_set() && !timer_j_.is_set();
    case State::kCompleted:
      return !timer_trying_.is_set() && !timer_expiry_.is_set() && timer_j_.is_set();
    case State::kTerminated:
      return true;
  }
  return false;
}

}  // namespace tickwire::sip
