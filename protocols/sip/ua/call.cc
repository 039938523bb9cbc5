// What both sides of a call have in common: states, BYE, requests within the dialog.
#include "protocols/sip/ua/call.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {
namespace {

const TraceLabel& LabelOf(CallState state) {
  switch (state) {
    case CallState::kInviting:
      return labels::kCallInviting;
    case CallState::kRinging:
      return labels::kCallRinging;
    case CallState::kCancelling:
      return labels::kCallCancelling;
    case CallState::kIncoming:
      return labels::kCallIncoming;
    case CallState::kAnswered:
      return labels::kCallAnswered;
    case CallState::kConfirmed:
      return labels::kCallConfirmed;
    case CallState::kEnding:
      return labels::kCallEnding;
    case CallState::kEnded:
      break;
  }
  return labels::kCallEnded;
}

absl::string_view RoleName(CallRole role) {
  return role == CallRole::kCaller ? "caller" : "called";
}

// Where a URI points when its host is an address.
std::optional<Endpoint> EndpointOf(absl::string_view text) {
  const std::optional<SipUri> uri = SipUri::Parse(text);
  if (!uri.has_value()) return std::nullopt;
  absl::string_view host = uri->Param("maddr").value_or(uri->host);
  if (host.size() >= 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  const std::optional<IpAddress> address = IpAddress::Parse(host);
  if (!address.has_value()) return std::nullopt;
  return Endpoint{*address, uri->port.value_or(Via::kDefaultPort)};
}

}  // namespace

absl::string_view CallStateName(CallState state) {
  switch (state) {
    case CallState::kInviting:
      return "inviting";
    case CallState::kRinging:
      return "ringing";
    case CallState::kCancelling:
      return "cancelling";
    case CallState::kIncoming:
      return "incoming";
    case CallState::kAnswered:
      return "answered";
    case CallState::kConfirmed:
      return "confirmed";
    case CallState::kEnding:
      return "ending";
    case CallState::kEnded:
      break;
  }
  return "ended";
}

absl::string_view CallEndName(CallEnd end) {
  switch (end) {
    case CallEnd::kNone:
      return "none";
    case CallEnd::kHungUp:
      return "hung_up";
    case CallEnd::kHungUpByPeer:
      return "hung_up_by_peer";
    case CallEnd::kCancelled:
      return "cancelled";
    case CallEnd::kRejected:
      return "rejected";
    case CallEnd::kNoResponse:
      return "no_response";
    case CallEnd::kNoAck:
      return "no_ack";
    case CallEnd::kNetworkError:
      return "network_error";
    case CallEnd::kProtocolError:
      break;
  }
  return "protocol_error";
}

Call::Call(UserAgent& agent, CallHandle handle, CallRole role, std::string call_id,
           std::string local_tag)
    : agent_(agent),
      handle_(handle),
      role_(role),
      state_(role == CallRole::kCaller ? CallState::kInviting : CallState::kIncoming),
      announced_(CallState::kEnded),
      call_id_(std::move(call_id)),
      local_tag_(std::move(local_tag)),
      resend_interval_(agent.config().timers.t1),
      entity_(agent.trace().NewEntity(
          absl::StrCat("call ", call_id_, " ", RoleName(role), " ", local_tag_))),
      timer_2xx_(agent.clock_, *this, labels::kTimer2xx, entity_),
      timer_ack_wait_(agent.clock_, *this, labels::kTimerAckWait, entity_),
      timer_cancelled_(agent.clock_, *this, labels::kTimerCancelled, entity_),
      timer_ring_(agent.clock_, *this, labels::kTimerRing, entity_),
      timer_answer_(agent.clock_, *this, labels::kTimerAnswer, entity_),
      timer_hang_up_(agent.clock_, *this, labels::kTimerHangUp, entity_),
      timer_give_up_(agent.clock_, *this, labels::kTimerGiveUp, entity_) {}

void Call::SetState(CallState next, const TraceLabel& reason) {
  state_ = next;
  agent_.trace().State(entity_, LabelOf(next), reason);
}

void Call::HangUp() {
  switch (state_) {
    case CallState::kInviting:
      Cancel();
      return;
    case CallState::kRinging:
      if (role_ == CallRole::kCaller) {
        Cancel();
        return;
      }
      [[fallthrough]];
    case CallState::kIncoming:
      RespondToInvite(480);
      End(CallEnd::kRejected, labels::kRejectionSent);
      return;
    case CallState::kAnswered:
      // §15: the called side sends no BYE before it has the ACK, or has waited long enough for it.
      hang_up_on_ack_ = true;
      return;
    case CallState::kConfirmed:
      SendBye(labels::kHungUp, CallEnd::kHungUp);
      return;
    case CallState::kCancelling:
    case CallState::kEnding:
    case CallState::kEnded:
      return;
  }
}

void Call::Confirm(const TraceLabel& reason) {
  SetState(CallState::kConfirmed, reason);
  if (agent_.config().behaviour.hang_up_after.has_value()) {
    timer_hang_up_.Set(*agent_.config().behaviour.hang_up_after);
  }
  TW_DCHECK(IsConsistent());
}

// §12.2.1.1: the first route or the target, when it is an address.
// MODEL: a name leads where the INVITE went; resolving it is for the full node (RFC 3263).
Hop Call::HopOf(const Dialog& dialog) const {
  const std::optional<Endpoint> endpoint = EndpointOf(dialog.next_hop_uri());
  return endpoint.has_value() ? Hop{*endpoint, hop_.is_reliable} : hop_;
}

void Call::SendBye(const TraceLabel& reason, CallEnd end) {
  timer_hang_up_.Cancel();
  end_after_bye_ = end;
  SetState(CallState::kEnding, reason);
  const Hop hop = HopOf(*dialog_);
  SipMessage bye = dialog_->MakeRequest("BYE", agent_.NewVia(hop.remote));
  agent_.AddProduct(bye);
  bye.Add(ContentLength{0});
  agent_.table_.Start(std::move(bye), hop, handle_.value);
}

// §15.1.1: whatever the answer, even none: the session is over.
void Call::OnByeFinished(const TraceLabel& reason) {
  if (state_ == CallState::kEnding) End(end_after_bye_, reason);
}

void Call::OnRequest(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  // §12.2.2: out of order is answered 500.
  if (dialog_->ObserveRemoteNumber(request.Get<CSeq>()->number) == Dialog::Order::kTooLow) {
    transaction.Respond(MakeResponse(request, 500));
    return;
  }
  switch (request.method()) {
    case Method::kBye:
      transaction.Respond(MakeResponse(request, 200));
      // §15.1.2: an INVITE that still waits for its answer gets 487.
      if (state_ == CallState::kIncoming || (role_ == CallRole::kCalled && !was_answered_)) {
        RespondToInvite(487);
      }
      End(CallEnd::kHungUpByPeer, labels::kHungUpByPeer);
      return;
    case Method::kInvite:
      // MODEL: the session never changes: "not acceptable here" leaves it as it is (§14.2).
      transaction.Respond(MakeResponse(request, 488));
      return;
    case Method::kOptions:
      transaction.Respond(MakeResponse(request, 200));
      return;
    default: {
      SipMessage response = StartResponse(request, 405);
      agent_.AddAllow(response);
      response.Add(ContentLength{0});
      transaction.Respond(std::move(response));
      return;
    }
  }
}

void Call::End(CallEnd end, const TraceLabel& reason) {
  if (state_ == CallState::kEnded) return;
  for (TimerBase* timer :
       {static_cast<TimerBase*>(&timer_2xx_), static_cast<TimerBase*>(&timer_ack_wait_),
        static_cast<TimerBase*>(&timer_cancelled_), static_cast<TimerBase*>(&timer_ring_),
        static_cast<TimerBase*>(&timer_answer_), static_cast<TimerBase*>(&timer_hang_up_),
        static_cast<TimerBase*>(&timer_give_up_)}) {
    timer->Cancel();
  }
  end_ = end;
  SetState(CallState::kEnded, reason);
  if (dialog_.has_value()) agent_.Unregister(*dialog_);
  agent_.CountEnd(*this);
  TW_DCHECK(IsConsistent());
}

// CANCEL or 480, as the role has it.
void Call::OnTimerGiveUp() {
  HangUp();
  agent_.Settle(this);
}

void Call::OnTimerHangUp() {
  HangUp();
  agent_.Settle(this);
}

bool Call::IsConsistent() const {
  const bool is_caller = role_ == CallRole::kCaller;
  switch (state_) {
    case CallState::kInviting:
      return is_caller && !dialog_.has_value() && timer_give_up_.is_set();
    case CallState::kCancelling:
      return is_caller && !dialog_.has_value();
    case CallState::kRinging:
      return !is_caller || timer_give_up_.is_set();
    case CallState::kIncoming:
      return !is_caller && dialog_.has_value();
    case CallState::kAnswered:
      return !is_caller && timer_2xx_.is_set() && timer_ack_wait_.is_set() &&
             !timer_answer_.is_set() && !timer_ring_.is_set();
    case CallState::kConfirmed:
    case CallState::kEnding:
      return dialog_.has_value() && !timer_2xx_.is_set() && !timer_ack_wait_.is_set() &&
             !timer_give_up_.is_set() && !timer_cancelled_.is_set();
    case CallState::kEnded:
      return end_ != CallEnd::kNone && !timer_2xx_.is_set() && !timer_ack_wait_.is_set() &&
             !timer_hang_up_.is_set() && !timer_give_up_.is_set() && !timer_cancelled_.is_set();
  }
  return false;
}

}  // namespace tickwire::sip
