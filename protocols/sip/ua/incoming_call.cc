// The called side's part of Call (RFC 3261 §9.2, §13.3).
#include <algorithm>
#include <utility>

#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/message/status_code.h"
#include "protocols/sip/ua/call.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {

void Call::OnInvite(ServerTransaction& transaction) {
  const SipMessage& invite = transaction.request();
  invite_key_ = transaction.key();
  hop_ = transaction.hop();
  SetState(CallState::kIncoming, labels::kInviteReceived);
  dialog_ = Dialog::OfCalled(invite, local_tag_);
  if (!dialog_.has_value()) {  // §8.1.1.8: an INVITE has a Contact
    RespondToInvite(400);
    End(CallEnd::kRejected, labels::kRejectionSent);
    return;
  }
  agent_.Register(*dialog_, handle_);
  const Behaviour& behaviour = agent_.config().behaviour;
  const Duration zero;
  if (behaviour.ring_after.has_value()) {
    if (*behaviour.ring_after == zero) {
      Ring();
    } else {
      timer_ring_.Set(*behaviour.ring_after);
    }
  }
  if (behaviour.answer_after.has_value()) {
    if (*behaviour.answer_after == zero) {
      Answer();
    } else {
      timer_answer_.Set(*behaviour.answer_after);
    }
  } else {
    timer_give_up_.Set(behaviour.give_up_after);
  }
}

void Call::RespondToInvite(int status) {
  ServerTransaction* const transaction = agent_.table_.FindServer(invite_key_);
  if (transaction == nullptr) return;  // over: nobody waits for it
  const SipMessage& invite = transaction->request();
  SipMessage response = StartResponse(invite, status, local_tag_);
  if (IsSuccess(status) || status > 100) {
    // §12.1.1: who may become a dialog's target copies the route and says where it is.
    if (status < 300) {
      if (invite.Has<RecordRoute>()) {
        for (const RecordRoute& route : invite.GetAll<RecordRoute>()) response.Add(route);
      }
      agent_.AddContact(response, hop_.remote);
    }
    agent_.AddProduct(response);
  }
  if (IsSuccess(status)) {
    agent_.AddAllow(response);
    response.SetBody(agent_.config().body_type, agent_.SessionBody(hop_.remote));
  } else {
    response.Add(ContentLength{0});
  }
  if (IsFinal(status)) final_status_ = status;
  transaction->Respond(std::move(response));
}

void Call::Ring() {
  if (state_ != CallState::kIncoming) return;
  RespondToInvite(180);
  SetState(CallState::kRinging, labels::kRingingSent);
}

void Call::Answer() {
  if (state_ != CallState::kIncoming && state_ != CallState::kRinging) return;
  timer_ring_.Cancel();
  const int status = agent_.config().behaviour.answer_status;
  RespondToInvite(status);
  if (!IsSuccess(status)) {
    End(CallEnd::kRejected, labels::kRejectionSent);
    return;
  }
  was_answered_ = true;
  SetState(CallState::kAnswered, labels::kAnswerSent);
  // §13.3.1.4: over any transport, because the 2xx may be lost further on.
  timer_2xx_.Set(resend_interval_);
  timer_ack_wait_.Set(agent_.config().timers.SixtyFourT1());
  TW_DCHECK(IsConsistent());
}

void Call::OnCancel() {
  // §9.2: only a request without final response is affected.
  if (state_ != CallState::kIncoming && state_ != CallState::kRinging) return;
  RespondToInvite(487);
  End(CallEnd::kCancelled, labels::kCancelReceived);
}

void Call::OnAck() {
  if (state_ != CallState::kAnswered) return;  // a copy
  timer_2xx_.Cancel();
  timer_ack_wait_.Cancel();
  Confirm(labels::kAckReceived);
  if (hang_up_on_ack_) SendBye(labels::kHungUp, CallEnd::kHungUp);
}

void Call::OnTimer2xx() {
  resend_interval_ = std::min(2 * resend_interval_, agent_.config().timers.t2);
  timer_2xx_.Set(resend_interval_);
  auto* const transaction =
      static_cast<ServerInviteTransaction*>(agent_.table_.FindServer(invite_key_));
  if (transaction == nullptr) return;  // timer L came first: T1 and 64*T1 were set apart
  ++agent_.counters_.successes_repeated;
  transaction->ResendSuccess();
}

void Call::OnTimerAckWait() {
  timer_2xx_.Cancel();
  // §13.3.1.4: the dialog is confirmed, the session is not wanted any more.
  SendBye(labels::kNoAck, CallEnd::kNoAck);
  agent_.Settle(this);
}

void Call::OnTimerRing() {
  Ring();
  agent_.Settle(this);
}

void Call::OnTimerAnswer() {
  Answer();
  agent_.Settle(this);
}

}  // namespace tickwire::sip
