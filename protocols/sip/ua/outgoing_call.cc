// The caller's part of Call (RFC 3261 §9.1, §13.2).
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/status_code.h"
#include "protocols/sip/transaction/derived_requests.h"
#include "protocols/sip/ua/call.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {

void Call::Place(absl::string_view target, const Hop& hop) {
  hop_ = hop;
  invite_number_ = 1;
  SetState(CallState::kInviting, labels::kPlaced);
  SipMessage invite = SipMessage::Request("INVITE", target);
  invite.AddRaw(Via::kName, agent_.NewVia(hop.remote));
  invite.Add(MaxForwards{});
  invite.AddRaw(From::kName, absl::StrCat(agent_.LocalAddress(hop.remote), ";tag=", local_tag_));
  invite.AddRaw(To::kName, absl::StrCat("<", target, ">"));
  invite.Add(CallId{call_id_});
  invite.Add(CSeq{invite_number_, "INVITE"});
  agent_.AddContact(invite, hop.remote);
  agent_.AddAllow(invite);
  agent_.AddProduct(invite);
  invite.SetBody(agent_.config().body_type, agent_.SessionBody(hop.remote));
  invite_key_ = agent_.table_.Start(std::move(invite), hop, handle_.value).key();
  timer_give_up_.Set(agent_.config().behaviour.give_up_after);
}

void Call::OnInviteResponse(ClientTransaction&, const SipMessage& response) {
  if (IsProvisional(response.status())) {
    OnProvisional(response);
  } else if (IsSuccess(response.status())) {
    OnSuccess(response);
  } else {
    OnFailure(response);
  }
}

void Call::OnProvisional(const SipMessage& response) {
  has_provisional_ = true;
  if (state_ == CallState::kCancelling && !is_cancel_sent_) SendCancel();
  if (state_ == CallState::kInviting && response.status() > 100) {
    SetState(CallState::kRinging, labels::kRingingReceived);
  }
}

void Call::OnSuccess(const SipMessage& response) {
  if (!ack_.empty()) {
    const std::optional<To> to = response.Get<To>();
    const absl::string_view tag = to.has_value() ? to->tag().value_or("") : "";
    if (!dialog_.has_value() || tag != dialog_->remote_tag()) {
      OnSurplusSuccess(response);
      return;
    }
    // §13.2.2.4: each copy gets the same ACK, also after the call is over.
    ++agent_.counters_.acks_repeated;
    agent_.trace().Note(entity_, labels::kAckRepeated);
    agent_.transport_.Send(ack_hop_, ack_);
    return;
  }
  if (state_ == CallState::kEnded) return;  // a copy of one that could not be used
  const bool was_cancelling = state_ == CallState::kCancelling;
  timer_give_up_.Cancel();
  timer_cancelled_.Cancel();
  final_status_ = response.status();
  const ClientTransaction* const transaction = agent_.table_.FindClient(invite_key_);
  TW_CHECK(transaction != nullptr);
  dialog_ = Dialog::OfCaller(transaction->request(), response);
  if (!dialog_.has_value()) {
    End(CallEnd::kProtocolError, labels::kBadAnswer);
    return;
  }
  was_answered_ = true;
  agent_.Register(*dialog_, handle_);
  ack_hop_ = HopOf(*dialog_);
  SipMessage ack = dialog_->MakeAck(invite_number_, agent_.NewVia(ack_hop_.remote));
  agent_.AddProduct(ack);
  ack.Add(ContentLength{0});
  ack_ = std::move(ack).TakeWire();
  agent_.transport_.Send(ack_hop_, ack_);
  Confirm(labels::kAnswerReceived);
  // §9.1, §15: the CANCEL came too late; the call that was not wanted ends as any other.
  if (was_cancelling) SendBye(labels::kHungUp, CallEnd::kCancelled);
}

// §13.2.2.4: each 2xx makes a dialog, and each must be acknowledged; this one is not wanted.
void Call::OnSurplusSuccess(const SipMessage& response) {
  const std::optional<To> to = response.Get<To>();
  for (const Surplus& known : surplus_) {
    if (to.has_value() && to->tag() == absl::string_view(known.remote_tag)) {
      ++agent_.counters_.acks_repeated;
      agent_.transport_.Send(known.hop, known.ack);
      return;
    }
  }
  const ClientTransaction* const transaction = agent_.table_.FindClient(invite_key_);
  if (transaction == nullptr) return;
  std::optional<Dialog> dialog = Dialog::OfCaller(transaction->request(), response);
  if (!dialog.has_value()) return;
  agent_.trace().Note(entity_, labels::kSurplusDialog, dialog->remote_tag());
  const Hop hop = HopOf(*dialog);
  SipMessage ack = dialog->MakeAck(invite_number_, agent_.NewVia(hop.remote));
  ack.Add(ContentLength{0});
  surplus_.push_back({dialog->remote_tag(), std::move(ack).TakeWire(), hop});
  agent_.transport_.Send(hop, surplus_.back().ack);
  SipMessage bye = dialog->MakeRequest("BYE", agent_.NewVia(hop.remote));
  bye.Add(ContentLength{0});
  agent_.table_.Start(std::move(bye), hop);
}

void Call::OnFailure(const SipMessage& response) {
  if (state_ == CallState::kEnded) return;
  final_status_ = response.status();
  // 487 is the answer that a CANCEL asks for (§9.1).
  const bool is_cancelled = state_ == CallState::kCancelling && response.status() == 487;
  End(is_cancelled ? CallEnd::kCancelled : CallEnd::kRejected, labels::kRejectionReceived);
}

void Call::OnInviteFailed(CallEnd end, const TraceLabel& reason) {
  if (state_ == CallState::kInviting || state_ == CallState::kCancelling ||
      state_ == CallState::kRinging) {
    End(end, reason);
  }
}

void Call::Cancel() {
  if (role_ != CallRole::kCaller) return;
  if (state_ != CallState::kInviting && state_ != CallState::kRinging) return;
  timer_give_up_.Cancel();
  SetState(CallState::kCancelling, labels::kCancelSent);
  // §9.1: not before a provisional response, or the CANCEL might overtake its INVITE.
  if (has_provisional_) SendCancel();
}

void Call::SendCancel() {
  const ClientTransaction* const transaction = agent_.table_.FindClient(invite_key_);
  TW_CHECK(transaction != nullptr);
  is_cancel_sent_ = true;
  agent_.table_.Start(MakeCancel(transaction->request()), hop_);
  timer_cancelled_.Set(agent_.config().timers.SixtyFourT1());
}

void Call::OnTimerCancelled() {
  End(CallEnd::kNoResponse, labels::kNoFinalResponse);
  // Forgets this call: the last statement.
  if (ClientTransaction* const transaction = agent_.table_.FindClient(invite_key_)) {
    transaction->Abandon();
  } else {
    agent_.Settle(this);
  }
}

}  // namespace tickwire::sip
