// What both sides of a call have in common: states, BYE, what its sessions report.
#include "protocols/sip/ua/call.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/message/status_code.h"
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

}  // namespace

Call::Call(UserAgent& agent, CallHandle handle, CallRole role, std::string call_id,
           std::string local_tag)
    : agent_(agent),
      handle_(handle),
      role_(role),
      state_(role == CallRole::kCaller ? CallState::kInviting : CallState::kIncoming),
      announced_(CallState::kEnded),
      call_id_(std::move(call_id)),
      local_tag_(std::move(local_tag)),
      entity_(agent.trace().NewEntity(
          absl::StrCat("call ", call_id_, " ", RoleName(role), " ", local_tag_))),
      timer_cancelled_(agent.clock(), *this, labels::kTimerCancelled, entity_),
      timer_ring_(agent.clock(), *this, labels::kTimerRing, entity_),
      timer_answer_(agent.clock(), *this, labels::kTimerAnswer, entity_),
      timer_hang_up_(agent.clock(), *this, labels::kTimerHangUp, entity_),
      timer_give_up_(agent.clock(), *this, labels::kTimerGiveUp, entity_) {}

Call::~Call() = default;

void Call::SetState(CallState next, const TraceLabel& reason) {
  state_ = next;
  agent_.trace().State(entity_, LabelOf(next), reason);
  agent_.Touch(*this);
}

const Dialog* Call::dialog() const {
  if (active_ != nullptr) return &active_->dialog();
  return usages_.empty() ? nullptr : &usages_.back()->dialog();
}

bool Call::is_over() const {
  if (state_ != CallState::kEnded || invite_ != nullptr) return false;
  return std::all_of(usages_.begin(), usages_.end(), [](const auto& u) { return u->is_over(); });
}

void Call::HangUp() {
  switch (state_) {
    case CallState::kInviting:
      Cancel();
      return;
    case CallState::kRinging:
    case CallState::kIncoming:
      if (role_ == CallRole::kCaller) {
        Cancel();
      } else {
        Reject(480);
      }
      return;
    case CallState::kAnswered:
      if (!agent_.config().waits_for_ack) {
        SendBye(*active_, labels::kHungUp, CallEnd::kHungUp);
        return;
      }
      // §15: the called side sends no BYE before it has the ACK, or has waited long enough for it.
      hang_up_on_ack_ = true;
      return;
    case CallState::kConfirmed:
      SendBye(*active_, labels::kHungUp, CallEnd::kHungUp);
      return;
    case CallState::kCancelling:
    case CallState::kEnding:
    case CallState::kEnded:
      return;
  }
}

bool Call::Modify(InviteUsage::Change change, bool by_update) {
  InviteUsage* const usage =
      active_ != nullptr ? active_ : (usages_.empty() ? nullptr : usages_.back().get());
  return usage != nullptr && usage->Modify(change, by_update);
}

bool Call::SendWithin(absl::string_view method, const HeaderRows& rows, absl::string_view body_type,
                      absl::string_view body) {
  InviteUsage* const usage =
      active_ != nullptr ? active_ : (usages_.empty() ? nullptr : usages_.back().get());
  if (usage == nullptr || usage->is_over() || usage->state() == InviteUsage::State::kMortal ||
      usage->state() == InviteUsage::State::kPreparative) {  // §12.1: no dialog yet
    return false;
  }
  SipMessage request = usage->Make(method);
  for (const auto& [name, value] : rows) request.AddRaw(name, value);
  agent_.AddProduct(request);
  request.SetBody(body_type, body);
  usage->Send(std::move(request));
  return true;
}

void Call::Confirm(const TraceLabel& reason) {
  SetState(CallState::kConfirmed, reason);
  if (agent_.config().behaviour.hang_up_after.has_value()) {
    timer_hang_up_.Set(*agent_.config().behaviour.hang_up_after);
  }
  TW_DCHECK(IsConsistent());
}

void Call::SendBye(InviteUsage& usage, const TraceLabel& reason, CallEnd end) {
  if (&usage == active_ && state_ != CallState::kEnded && state_ != CallState::kEnding) {
    timer_hang_up_.Cancel();
    end_after_bye_ = end;
    SetState(CallState::kEnding, reason);
  }
  usage.SendBye(reason);
}

// §15.1.1: whatever the answer, even none: the session is over.
void Call::OnByeOver(InviteUsage& usage) {
  if (&usage == active_ && state_ == CallState::kEnding) End(end_after_bye_, labels::kByeAnswered);
  agent_.Touch(*this);
}

void Call::OnBye(InviteUsage& usage, InviteUsage::State before) {
  if (role_ == CallRole::kCalled) {
    // §15.1.2: the caller ended its early dialog: the INVITE gets 487.
    if (before == InviteUsage::State::kEarly || before == InviteUsage::State::kPreparative) {
      SendRejection(487);
    }
    End(CallEnd::kHungUpByPeer, labels::kHungUpByPeer);
    return;
  }
  if (&usage == active_) {
    End(CallEnd::kHungUpByPeer, labels::kHungUpByPeer);
  } else {
    agent_.Touch(*this);  // one of several dialogs: the INVITE goes on
  }
}

void Call::OnAcknowledged(InviteUsage& usage, bool is_acceptable) {
  if (state_ == CallState::kAnswered && usage.is_acknowledged()) {
    Confirm(labels::kAckReceived);
    if (!is_acceptable) {
      SendBye(usage, labels::kBadSession, CallEnd::kProtocolError);
    } else if (hang_up_on_ack_) {
      SendBye(usage, labels::kHungUp, CallEnd::kHungUp);
    }
  } else if (!is_acceptable && state_ == CallState::kConfirmed) {
    SendBye(usage, labels::kBadSession, CallEnd::kProtocolError);
  }
}

void Call::OnNoAck(InviteUsage& usage) {
  if (agent_.config().sends_bye_without_ack) {
    SendBye(usage, labels::kNoAck, CallEnd::kNoAck);
  } else {
    End(CallEnd::kNoAck, labels::kNoAck);
    usage.Abandon(labels::kNoAck);
  }
}

// §15: the called side sends no BYE within an early dialog, nor before it has the ACK. It refuses
// the INVITE, or waits.
bool Call::MayNotSayBye(int status) {
  if (role_ != CallRole::kCalled) return false;
  if (state_ == CallState::kIncoming || state_ == CallState::kRinging) {
    Reject(status);
    return true;
  }
  if (state_ != CallState::kAnswered || !agent_.config().waits_for_ack) return false;
  hang_up_on_ack_ = true;
  return true;
}

void Call::OnSessionExpired(InviteUsage& usage) {
  if (MayNotSayBye(480)) return;
  SendBye(usage, labels::kSessionExpired, CallEnd::kExpired);
}

void Call::OnDialogLost(InviteUsage& usage, const TraceLabel& reason) {
  if (MayNotSayBye(&reason == &labels::kBadSession ? 488 : 480)) return;
  SendBye(usage, reason, CallEnd::kNoResponse);
}

void Call::OnMedia(InviteUsage& usage) { agent_.ReportMedia(*this, usage); }
void Call::OnChanged(InviteUsage& usage) { agent_.ReportChange(*this, usage, 200); }
void Call::OnChangeRefused(InviteUsage& usage, int status) {
  agent_.ReportChange(*this, usage, status);
}
void Call::OnInfo(const SipMessage& request) { agent_.ReportRequest(*this, request); }

void Call::OnRefer(InviteUsage& usage, ServerTransaction& transaction) {
  agent_.OnRefer(&usage.entry(), transaction);
}

void Call::OnAnswerWithinDialog(InviteUsage& usage, const SipMessage& response) {
  const int status = response.status();
  agent_.ReportAnswer(this, response);
  // §12.2.1.2: these two mean that the other side has lost the dialog.
  if (status == 481 || status == 408) OnDialogLost(usage, labels::kDialogGone);
}

SipMessage Call::StartInviteResponse(const ServerTransaction& transaction, int status) {
  const SipMessage& request = transaction.request();
  SipMessage response = StartResponse(request, status, local_tag_);
  if (status > 100 && status < 300) {
    // §12.1.1: who may become a dialog's target copies the route and says where it is.
    if (request.Has<RecordRoute>()) {
      for (const RecordRoute& route : request.GetAll<RecordRoute>()) response.Add(route);
    }
    agent_.AddContact(response, request, transaction.hop(), user_);
    agent_.AddCapabilities(response);
  }
  if (status > 100) agent_.AddProduct(response);
  if (IsFinal(status) && request.method() == Method::kInvite && final_status_ == 0) {
    final_status_ = status;
  }
  return response;
}

void Call::End(CallEnd end, const TraceLabel& reason) {
  if (state_ == CallState::kEnded) return;
  for (TimerBase* timer :
       {static_cast<TimerBase*>(&timer_cancelled_), static_cast<TimerBase*>(&timer_ring_),
        static_cast<TimerBase*>(&timer_answer_), static_cast<TimerBase*>(&timer_hang_up_),
        static_cast<TimerBase*>(&timer_give_up_)}) {
    timer->Cancel();
  }
  end_ = end;
  SetState(CallState::kEnded, reason);
  agent_.CountEnd(*this);
  TW_DCHECK(IsConsistent());
}

// CANCEL or 480, as the role has it.
void Call::OnTimerGiveUp() {
  const UserAgent::EventScope scope(agent_);
  HangUp();
}

void Call::OnTimerHangUp() {
  const UserAgent::EventScope scope(agent_);
  HangUp();
}

bool Call::IsConsistent() const {
  const bool is_caller = role_ == CallRole::kCaller;
  switch (state_) {
    case CallState::kInviting:
      return is_caller && active_ == nullptr && timer_give_up_.is_set();
    case CallState::kCancelling:
      return is_caller && active_ == nullptr;
    case CallState::kRinging:
      return !is_caller || timer_give_up_.is_set();
    case CallState::kIncoming:
      return !is_caller && active_ != nullptr;
    case CallState::kAnswered:
      return !is_caller && !timer_answer_.is_set() && !timer_ring_.is_set();
    case CallState::kConfirmed:
    case CallState::kEnding:
      return active_ != nullptr && !timer_give_up_.is_set() && !timer_cancelled_.is_set();
    case CallState::kEnded:
      return end_ != CallEnd::kNone && !timer_hang_up_.is_set() && !timer_give_up_.is_set() &&
             !timer_cancelled_.is_set() && !timer_answer_.is_set() && !timer_ring_.is_set();
  }
  return false;
}

}  // namespace tickwire::sip
