// The caller's part of Call (RFC 3261 §9.1, §13.2).
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/status_code.h"
#include "protocols/sip/ua/call.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {

void Call::Place(const CallOptions& options, Destination&& destination) {
  options_ = std::make_unique<CallOptions>(options);
  user_ = options.user.empty() ? agent_.config().user : options.user;
  if (!destination.hops.empty()) hop_ = destination.hops.front();
  SetState(CallState::kInviting, labels::kPlaced);
  timer_give_up_.Set(agent_.config().behaviour.give_up_after);
  SendInvite(std::move(destination));
}

void Call::SendInvite(Destination&& destination) {
  const std::string target = options_->target;
  SipMessage invite = SipMessage::Request("INVITE", target);
  const std::string via = agent_.NewVia(destination);
  if (!via.empty()) invite.AddRaw(Via::kName, via);
  agent_.AddRoutes(invite);
  invite.Add(MaxForwards{});
  invite.AddRaw(From::kName,
                absl::StrCat(agent_.LocalAddress(destination, user_), ";tag=", local_tag_));
  invite.AddRaw(To::kName, absl::StrCat("<", target, ">"));
  invite.Add(CallId{call_id_});
  invite.Add(CSeq{++invite_number_, "INVITE"});
  agent_.AddContact(invite, destination, user_);
  agent_.AddCapabilities(invite);
  if (agent_.config().reliability == Reliability::kRequired) invite.Add(Require{"100rel"});
  SessionTimer::AddInitial(agent_.config().session_timer, least_interval_, invite);
  for (const auto& [name, value] : options_->rows) invite.AddRaw(name, value);
  agent_.AddProduct(invite);
  if (!offer_.has_value()) {
    offer_ = agent_.NewNegotiation();
    offer_->set_source(agent_.MediaAddress(destination));
  }
  if (options_->delayed_offer) {
    invite.Add(ContentLength{0});
  } else {
    offer_->Rollback();  // asked again: the same offer once more
    invite.SetBody(Negotiation::kContentType, offer_->MakeOffer());
    agent_.ReportOffer(*this, *offer_);
  }
  agent_.PrepareCredentials(invite);
  invite_ = &agent_.SendRequest(std::move(invite), std::move(destination), *this);
}

void Call::OnResponse(OutgoingRequest& request, const SipMessage& response) {
  if (request.transaction() != nullptr) hop_ = request.transaction()->hop();
  const int status = response.status();
  if (IsProvisional(status)) {
    OnProvisional(response);
  } else if (IsSuccess(status)) {
    OnSuccess(response);
  } else if (&request == invite_ && !AskAgain(response)) {
    OnRejection(response);
  }
}

InviteUsage* Call::UsageFor(const SipMessage& response) {
  const std::optional<To> to = response.Get<To>();
  if (!to.has_value()) return nullptr;
  // §12.1.2: a 2xx of an RFC 2543 element may have no tag, which counts as an empty one.
  if (!to->tag().has_value() && !IsSuccess(response.status())) return nullptr;
  const absl::string_view tag = to->tag().value_or(absl::string_view());
  for (const std::unique_ptr<InviteUsage>& usage : usages_) {
    if (tag == absl::string_view(usage->dialog().remote_tag())) return usage.get();
  }
  // Ever new tags must not fill the table; some room is kept for answers.
  if (usages_.size() >= (IsSuccess(response.status()) ? 2 * kMaxEarlyDialogs : kMaxEarlyDialogs)) {
    agent_.trace().Note(entity_, labels::kTooManyDialogs, response.start_line());
    return nullptr;
  }
  std::optional<Dialog> dialog = Dialog::OfCaller(invite_->request(), response);
  if (!dialog.has_value()) return nullptr;
  auto usage = std::make_unique<InviteUsage>(*this, *std::move(dialog), Negotiation(*offer_));
  if (!usage->is_registered()) return nullptr;
  usages_.push_back(std::move(usage));
  return usages_.back().get();
}

void Call::OnProvisional(const SipMessage& response) {
  if (state_ == CallState::kCancelling && !is_cancel_sent_) SendCancel();
  if (response.status() == 100) return;
  if (state_ == CallState::kInviting) SetState(CallState::kRinging, labels::kRingingReceived);
  if (state_ == CallState::kEnded) return;
  // §12.1: with a tag it makes an early dialog.
  if (InviteUsage* const usage = UsageFor(response)) {
    usage->OnProvisional(invite_->request().Get<CSeq>()->number, response);
  }
}

void Call::OnSuccess(const SipMessage& response) {
  const uint32_t number = invite_->request().Get<CSeq>()->number;
  InviteUsage* const usage = UsageFor(response);
  if (usage == nullptr) {
    if (active_ != nullptr || state_ == CallState::kEnded) return;
    final_status_ = response.status();
    End(CallEnd::kProtocolError, labels::kBadAnswer);
    return;
  }
  const bool is_copy = usage->state() != InviteUsage::State::kPreparative &&
                       usage->state() != InviteUsage::State::kEarly;
  const bool is_acceptable = usage->OnSuccess(number, invite_->request(), response);
  if (is_copy) {
    const bool was_ended_early = usage->state() != InviteUsage::State::kEstablished &&
                                 usage->state() != InviteUsage::State::kMoratorium;
    if (was_ended_early && active_ == nullptr) End(CallEnd::kHungUp, labels::kHungUp);
    return;
  }
  if (active_ != nullptr || state_ == CallState::kEnded) {
    // §13.2.2.4: each 2xx makes a dialog, and each is acknowledged; this one is not wanted.
    agent_.trace().Note(entity_, labels::kSurplusDialog, usage->dialog().remote_tag());
    agent_.CountSurplus();
    if (agent_.config().ends_surplus_dialogs) usage->SendBye(labels::kSurplus);
    return;
  }
  const bool was_cancelling = state_ == CallState::kCancelling;
  timer_give_up_.Cancel();
  timer_cancelled_.Cancel();
  final_status_ = response.status();
  active_ = usage;
  was_answered_ = true;
  Confirm(labels::kAnswerReceived);
  if (!is_acceptable) {
    SendBye(*usage, labels::kBadSession, CallEnd::kProtocolError);
  } else if (was_cancelling) {
    // §9.1, §15: the CANCEL came too late; the call that was not wanted ends as any other.
    SendBye(*usage, labels::kHungUp, CallEnd::kCancelled);
  }
}

// Refusals that say how to ask again; each at most once for a reason, or with a value that grew.
bool Call::AskAgain(const SipMessage& response) {
  if (state_ != CallState::kInviting && state_ != CallState::kRinging) return false;
  if (response.status() != 422 || !agent_.config().session_timer.is_supported) return false;
  const std::optional<MinSe> least = response.Get<MinSe>();
  if (!least.has_value() || least->seconds <= least_interval_) return false;
  least_interval_ = least->seconds;
  EndEarlyDialogs(labels::kRejectionReceived);
  Destination destination = agent_.DestinationFor(options_->target);
  if (destination.hops.empty() && !(hop_ == Hop{})) {
    destination.hops.push_back(hop_);
    destination.hops.back().connection = 0;
  }
  SendInvite(std::move(destination));  // RFC 4028 §7.3: same Call-ID, From and To, next number
  return true;
}

void Call::EndEarlyDialogs(const TraceLabel& reason) {
  for (const std::unique_ptr<InviteUsage>& usage : usages_) usage->OnInviteFailed(reason);
}

void Call::OnRejection(const SipMessage& response) {
  EndEarlyDialogs(labels::kRejectionReceived);
  if (state_ == CallState::kEnded || active_ != nullptr) return;
  final_status_ = response.status();
  // 487 is the answer that a CANCEL asks for (§9.1).
  const bool is_cancelled = state_ == CallState::kCancelling && response.status() == 487;
  End(is_cancelled ? CallEnd::kCancelled : CallEnd::kRejected, labels::kRejectionReceived);
}

void Call::OnFailure(OutgoingRequest& request, RequestFailure failure) {
  if (&request != invite_) return;
  const bool is_timeout = failure == RequestFailure::kTimeout;
  const TraceLabel& reason = is_timeout                            ? labels::kNoAnswer
                             : failure == RequestFailure::kNowhere ? labels::kNowhere
                                                                   : labels::kNetworkError;
  EndEarlyDialogs(reason);
  if (active_ != nullptr) return;
  End(is_timeout ? CallEnd::kNoResponse : CallEnd::kNetworkError, reason);
}

// §13.2.2.4: no new 2xx can come; early dialogs that were not answered are over.
void Call::OnRequestOver(OutgoingRequest& request) {
  if (&request != invite_) return;
  invite_ = nullptr;
  EndEarlyDialogs(labels::kInviteOver);
  agent_.Touch(*this);
}

void Call::Cancel() {
  if (role_ != CallRole::kCaller) return;
  if (state_ != CallState::kInviting && state_ != CallState::kRinging) return;
  timer_give_up_.Cancel();
  SetState(CallState::kCancelling, labels::kCancelSent);
  invite_->StopRetrying();
  if (invite_->transaction() == nullptr) {  // not even sent
    OutgoingRequest* const request = std::exchange(invite_, nullptr);
    End(CallEnd::kCancelled, labels::kCancelSent);
    request->Abandon();
    return;
  }
  // §9.1: not before a provisional response, or the CANCEL might overtake its INVITE.
  if (invite_->has_provisional()) SendCancel();
}

void Call::SendCancel() {
  is_cancel_sent_ = true;
  invite_->SendCancel();
  timer_cancelled_.Set(agent_.config().timers.SixtyFourT1());
}

void Call::EndEarlyDialog() {
  if (state_ != CallState::kRinging || role_ != CallRole::kCaller) return;
  for (const std::unique_ptr<InviteUsage>& usage : usages_) {
    if (usage->state() == InviteUsage::State::kEarly) {
      usage->SendBye(labels::kHungUp);
      return;
    }
  }
}

void Call::OnTimerCancelled() {
  const UserAgent::EventScope scope(agent_);
  EndEarlyDialogs(labels::kNoFinalResponse);
  End(CallEnd::kNoResponse, labels::kNoFinalResponse);
  if (invite_ != nullptr) invite_->Abandon();
}

}  // namespace tickwire::sip
