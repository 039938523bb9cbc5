// The called side's part of Call (RFC 3261 §9.2, §13.3).
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/option_tags.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/message/status_code.h"
#include "protocols/sip/ua/call.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {
void Call::OnInvite(ServerTransaction& transaction) {
  const SipMessage& invite = transaction.request();
  invite_key_ = transaction.key();
  hop_ = transaction.hop();
  user_ = agent_.UserOf(invite.request_uri());
  SetState(CallState::kIncoming, labels::kInviteReceived);
  std::optional<Dialog> dialog = Dialog::OfCalled(invite, local_tag_);
  if (!dialog.has_value()) {  // §8.1.1.8: an INVITE has a Contact
    SendRejection(400);
    End(CallEnd::kRejected, labels::kRejectionSent);
    return;
  }
  Negotiation negotiation = agent_.NewNegotiation();
  negotiation.set_source(agent_.MediaAddress(hop_.remote));
  auto usage = std::make_unique<InviteUsage>(*this, *std::move(dialog), std::move(negotiation));
  TW_CHECK(usage->is_registered());  // our tag is fresh
  usages_.push_back(std::move(usage));
  active_ = usages_.back().get();
  if (!AcceptOffer(transaction) || !AcceptReplaces(transaction)) return;
  StartBehaviour();
}

// Refuses what cannot become a session. False: refused, the call is over.
bool Call::AcceptOffer(ServerTransaction& transaction) {
  const SipMessage& invite = transaction.request();
  int status = 0;
  Negotiation& negotiation = active_->negotiation();
  if (negotiation.IsSession(invite)) {
    status = negotiation.OnOffer(invite);
  } else if (!invite.body().empty()) {
    agent_.RespondUnsupportedMedia(transaction, local_tag_);
    active_->OnInviteFailed(labels::kRejectionSent);
    final_status_ = 415;
    End(CallEnd::kRejected, labels::kRejectionSent);
    return false;
  }
  if (status == 0 && active_->session_timer() != nullptr) {
    if (const auto least = active_->session_timer()->Refuses(invite)) {
      agent_.RespondTooSmall(transaction, *least, local_tag_);
      active_->OnInviteFailed(labels::kRejectionSent);
      final_status_ = 422;
      End(CallEnd::kRejected, labels::kRejectionSent);
      return false;
    }
  }
  // RFC 3262 §3: whoever wants reliability of every INVITE refuses those that do not offer it.
  if (status == 0 && agent_.config().reliability == Reliability::kRequired &&
      !ListsOption<Supported>(invite, "100rel") && !ListsOption<Require>(invite, "100rel")) {
    SipMessage response = StartInviteResponse(transaction, 421);
    response.Add(Require{"100rel"});
    response.Add(ContentLength{0});
    transaction.Respond(std::move(response));
    active_->OnInviteFailed(labels::kRejectionSent);
    End(CallEnd::kRejected, labels::kRejectionSent);
    return false;
  }
  if (status != 0) {
    Reject(status);
    return false;
  }
  return true;
}

// RFC 3891 §3: an INVITE that takes the place of a call of ours. False: refused.
bool Call::AcceptReplaces(ServerTransaction& transaction) {
  const SipMessage& invite = transaction.request();
  const std::optional<Replaces> replaces = invite.Get<Replaces>();
  if (!replaces.has_value()) {
    if (!invite.Has<Replaces>()) return true;
    Reject(400);
    return false;
  }
  if (invite.GetAll<Replaces>().size() > 1) {
    Reject(400);
    return false;
  }
  Call* const other =
      agent_.FindCallByDialog(replaces->call_id, replaces->to_tag(), replaces->from_tag());
  if (other == nullptr || other == this) {
    Reject(481);
    return false;
  }
  switch (other->state_) {
    case CallState::kEnding:
    case CallState::kEnded:
      Reject(603);
      return false;
    case CallState::kConfirmed:
    case CallState::kAnswered:
      if (replaces->is_early_only()) {
        Reject(486);
        return false;
      }
      break;
    case CallState::kInviting:
    case CallState::kRinging:
    case CallState::kCancelling:
    case CallState::kIncoming:
      if (other->role_ == CallRole::kCalled) {  // an early dialog that it did not start
        Reject(481);
        return false;
      }
      break;
  }
  // §3: an INVITE that is refused leaves the other call as it is.
  if (const int status = agent_.config().behaviour.answer_status; !IsSuccess(status)) {
    Reject(status);
    return false;
  }
  agent_.trace().Note(entity_, labels::kReplaces, other->call_id_);
  // §3: answered at once, whatever the phone does with other calls; then the other one ends.
  Answer();
  other->end_after_bye_ = CallEnd::kReplaced;
  if (other->state_ == CallState::kConfirmed) {
    other->SendBye(*other->active_, labels::kReplaced, CallEnd::kReplaced);
  } else {
    other->HangUp();
  }
  return false;
}

void Call::StartBehaviour() {
  const Behaviour& behaviour = agent_.config().behaviour;
  const Duration zero;
  if (behaviour.ring_after.has_value()) {
    if (*behaviour.ring_after == zero) {
      Ring(behaviour.ring_status);
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

ServerTransaction* Call::invite_transaction() { return agent_.table().FindServer(invite_key_); }

bool Call::SendsReliably(const ServerTransaction& invite) const {
  if (ListsOption<Require>(invite.request(), "100rel")) return true;
  return agent_.config().reliability != Reliability::kNone &&
         ListsOption<Supported>(invite.request(), "100rel");
}

void Call::Ring(int status) {
  if (state_ != CallState::kIncoming && state_ != CallState::kRinging) return;
  ServerTransaction* const invite = invite_transaction();
  if (invite == nullptr) return;
  const bool has_session = agent_.config().behaviour.early_media;
  active_->SendProvisional(*invite, status, SendsReliably(*invite), has_session);
  if (state_ == CallState::kIncoming) SetState(CallState::kRinging, labels::kRingingSent);
}

void Call::Answer() {
  if (state_ != CallState::kIncoming && state_ != CallState::kRinging) return;
  const int status = agent_.config().behaviour.answer_status;
  if (!IsSuccess(status)) {
    Reject(status);
    return;
  }
  ServerTransaction* const invite = invite_transaction();
  if (invite == nullptr) return;
  timer_ring_.Cancel();
  timer_answer_.Cancel();
  timer_give_up_.Cancel();
  if (active_->must_wait_for_prack()) {
    is_answer_due_ = true;
    return;
  }
  active_->SendSuccess(*invite);
  was_answered_ = true;
  SetState(CallState::kAnswered, labels::kAnswerSent);
  TW_DCHECK(IsConsistent());
}

void Call::AnswerIfDue(InviteUsage& usage) {
  if (is_answer_due_ && !usage.must_wait_for_prack()) {
    is_answer_due_ = false;
    Answer();
  }
}

void Call::OnNoPrack(InviteUsage&) {
  SendRejection(504);  // §3: a 5xx
  End(CallEnd::kNoAck, labels::kNoPrack);
}

void Call::Reject(int status) {
  if (role_ != CallRole::kCalled) return;  // a ringing call of ours is ended by CANCEL
  if (state_ != CallState::kIncoming && state_ != CallState::kRinging) return;
  SendRejection(status);
  End(CallEnd::kRejected, labels::kRejectionSent);
}

void Call::SendRejection(int status) {
  ServerTransaction* const invite = invite_transaction();
  if (invite == nullptr) return;  // over: nobody waits for it
  SipMessage response = StartInviteResponse(*invite, status);
  if (status >= 300 && status < 400) {
    for (const std::string& uri : agent_.config().behaviour.redirect_to) {
      response.AddRaw(Contact::kName, uri);
    }
  }
  response.Add(ContentLength{0});
  invite->Respond(std::move(response));
  if (active_ != nullptr) active_->OnInviteFailed(labels::kRejectionSent);
}

void Call::OnCancel() {
  // §9.2: only a request without final response is affected.
  if (state_ != CallState::kIncoming && state_ != CallState::kRinging) return;
  SendRejection(487);
  End(CallEnd::kCancelled, labels::kCancelReceived);
}

void Call::OnTimerRing() {
  const UserAgent::EventScope scope(agent_);
  Ring(agent_.config().behaviour.ring_status);
}

void Call::OnTimerAnswer() {
  const UserAgent::EventScope scope(agent_);
  Answer();
}

}  // namespace tickwire::sip
