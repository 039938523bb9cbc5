#include "protocols/sip/ua/subscriber.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/message/status_code.h"
#include "protocols/sip/ua/refresh_delay.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {
namespace {

const TraceLabel& LabelOf(Subscriber::State state) {
  using enum Subscriber::State;
  switch (state) {
    case kInit:
      return labels::kSubscriptionInit;
    case kNotifyWait:
      return labels::kNotifyWait;
    case kPending:
      return labels::kPending;
    case kActive:
      return labels::kActive;
    case kTerminated:
      break;
  }
  return labels::kSubscriptionTerminated;
}

}  // namespace

Subscriber::Subscriber(UserAgent& agent, SubscriptionHandle handle, const SubscribeOptions& options)
    : agent_(agent),
      handle_(handle),
      options_(options),
      entity_(
          agent.trace().NewEntity(absl::StrCat("subscription ", handle.value, " ", options.event))),
      timer_n_(agent.clock(), *this, labels::kTimerN, entity_),
      timer_refresh_(agent.clock(), *this, labels::kTimerSubscribe, entity_),
      timer_expiry_(agent.clock(), *this, labels::kTimerSubscriptionExpiry, entity_),
      timer_retry_(agent.clock(), *this, labels::kTimerSubscribeAgain, entity_) {}

Subscriber::~Subscriber() {
  if (entry_ != nullptr) agent_.dialogs().Leave(*entry_, *this);
}

void Subscriber::SetState(State next, const TraceLabel& reason) {
  if (state_ == next) return;
  state_ = next;
  agent_.trace().State(entity_, LabelOf(next), reason);
  agent_.ReportSubscription(*this);
}

void Subscriber::Start(Destination&& destination) { SendFirst(std::move(destination)); }

void Subscriber::SendFirst(Destination&& destination) {
  call_id_ = agent_.NewCallId(destination);
  local_tag_ = agent_.NewTag();
  number_ = 1;
  if (!destination.hops.empty()) hop_ = destination.hops.front();
  const bool is_refer = !options_.refer_to.empty();
  if (is_refer) refer_number_ = number_;
  SipMessage subscribe =
      agent_.StartOutside(is_refer ? "REFER" : "SUBSCRIBE", options_.target, destination, call_id_,
                          local_tag_, number_, agent_.config().user);
  agent_.AddContact(subscribe, destination);
  if (is_refer) {
    subscribe.AddRaw(ReferTo::kName, absl::StrCat("<", options_.refer_to, ">"));
  } else {
    subscribe.AddRaw(Event::kName, options_.event);
    if (!options_.accept.empty()) subscribe.AddRaw(Accept::kName, options_.accept);
    subscribe.Add(Expires{options_.expires});
  }
  agent_.AddProduct(subscribe);
  subscribe.Add(ContentLength{0});
  SetState(State::kNotifyWait, is_refer ? labels::kReferSent : labels::kSubscribeSent);
  timer_n_.Set(agent_.config().timers.SixtyFourT1());
  first_ = &agent_.SendRequest(std::move(subscribe), std::move(destination), *this);
}

void Subscriber::StartRefer(DialogEntry& entry, SipMessage&& refer, Destination&& destination) {
  entry_ = &entry;
  refer_number_ = refer.Get<CSeq>()->number;
  if (!destination.hops.empty()) hop_ = destination.hops.front();
  agent_.dialogs().Join(entry, *this);
  SetState(State::kNotifyWait, labels::kReferSent);
  timer_n_.Set(agent_.config().timers.SixtyFourT1());
  first_ = &agent_.SendRequest(std::move(refer), std::move(destination), *this);
}

uint32_t Subscriber::TakeNumber() {
  if (entry_ == nullptr) return ++number_;
  const uint32_t number = entry_->dialog.TakeNumber();
  if (first_ != nullptr && refer_number_ != 0) refer_number_ = number;  // the REFER goes out again
  return number;
}

void Subscriber::Unsubscribe() {
  if (state_ != State::kPending && state_ != State::kActive) return;
  is_unsubscribing_ = true;
  timer_refresh_.Cancel();
  SendRefresh(0);
}

// §4.1.2.2: like the first one, but in the dialog; Timer N runs again.
void Subscriber::SendRefresh(uint32_t expires) {
  const Destination destination = agent_.DestinationWithin(entry_->dialog, &hop_);
  SipMessage subscribe = entry_->dialog.MakeRequest("SUBSCRIBE", agent_.NewVia(destination));
  agent_.AddContact(subscribe, destination);
  subscribe.AddRaw(Event::kName, options_.event);
  if (!options_.accept.empty()) subscribe.AddRaw(Accept::kName, options_.accept);
  subscribe.Add(Expires{expires});
  agent_.AddProduct(subscribe);
  subscribe.Add(ContentLength{0});
  timer_n_.Set(agent_.config().timers.SixtyFourT1());
  agent_.SendRequest(std::move(subscribe), Destination(destination), *this);
}

void Subscriber::OnResponse(OutgoingRequest& request, const SipMessage& response) {
  const int status = response.status();
  if (IsProvisional(status)) return;
  if (request.transaction() != nullptr) hop_ = request.transaction()->hop();
  const bool is_first = &request == first_;
  if (is_first) first_ = nullptr;
  if (state_ == State::kTerminated) return;
  if (IsSuccess(status)) {
    const std::optional<Expires> expires = response.Get<Expires>();
    if (expires.has_value() && !is_unsubscribing_ && expires->seconds > 0) Grant(expires->seconds);
    return;
  }
  if (status == 423) {
    const std::optional<MinExpires> least = response.Get<MinExpires>();
    if (least.has_value() && least->seconds > options_.expires) {
      options_.expires = least->seconds;
      if (is_first) {
        SendFirst(agent_.DestinationFor(options_.target));
      } else {
        SendRefresh(options_.expires);
      }
      return;
    }
  }
  // §4.1.2.2: other failures leave a subscription as it was, until it expires.
  if (is_first || EndsSubscription(status)) {
    Terminate(labels::kSubscriptionRefused, absl::StrCat(status));
  } else {
    timer_n_.Cancel();
  }
}

void Subscriber::OnFailure(OutgoingRequest& request, RequestFailure) {
  const bool is_first = &request == first_;
  if (is_first) first_ = nullptr;
  if (is_first && state_ == State::kNotifyWait) {
    Terminate(labels::kNetworkError, "unreachable");
  }
}

void Subscriber::Grant(uint32_t seconds) {
  if (seconds > options_.expires && refer_number_ == 0) seconds = options_.expires;
  const Duration whole = Duration::Seconds(seconds);
  timer_expiry_.Set(whole);
  if (refer_number_ == 0 && !is_unsubscribing_) {
    timer_refresh_.Set(RefreshDelay(whole, agent_.config().timers));
  }
}

bool Subscriber::IsAwaiting(const SipMessage& notify) const {
  if (entry_ != nullptr || state_ != State::kNotifyWait) return false;
  const std::optional<CallId> call_id = notify.Get<CallId>();
  const std::optional<To> to = notify.Get<To>();
  return call_id.has_value() && to.has_value() && call_id->id == absl::string_view(call_id_) &&
         to->tag() == absl::string_view(local_tag_) && Takes(notify);
}

void Subscriber::OnFirstNotify(ServerTransaction& transaction) {
  std::optional<Dialog> dialog = Dialog::OfSubscriber(transaction.request(), local_tag_, number_);
  if (!dialog.has_value()) {
    agent_.Respond(transaction, 400);
    return;
  }
  entry_ = agent_.dialogs().Add(*std::move(dialog), *this);
  if (entry_ == nullptr) {
    agent_.Respond(transaction, 481);
    return;
  }
  if (hop_ == Hop{}) hop_ = transaction.hop();
  OnNotify(transaction);
}

bool Subscriber::Takes(const SipMessage& request) const {
  if (request.method() != Method::kNotify || state_ == State::kTerminated) return false;
  const std::optional<Event> event = request.Get<Event>();
  const std::optional<Event> own = Event::Parse(options_.event);
  if (!event.has_value() || !own.has_value() || event->package != own->package) return false;
  if (refer_number_ != 0) {
    // RFC 3515 §2.4.6: the id is the number of the REFER; the first one may leave it out.
    const std::optional<absl::string_view> id = event->id();
    return !id.has_value() || *id == absl::string_view(absl::StrCat(refer_number_));
  }
  return event->Matches(*own);
}

void Subscriber::OnRequest(ServerTransaction& transaction) { OnNotify(transaction); }

void Subscriber::OnNotify(ServerTransaction& transaction) {
  const SipMessage& notify = transaction.request();
  const std::optional<SubscriptionState> told = notify.Get<SubscriptionState>();
  if (!told.has_value()) {  // §4.1.3: there must be one
    agent_.Respond(transaction, 400);
    return;
  }
  timer_n_.Cancel();
  ++notifications_;
  agent_.Respond(transaction, 200);
  if (const std::optional<Contact> contact = notify.Get<Contact>();
      contact.has_value() && !contact->is_star()) {
    entry_->dialog.set_remote_target(contact->uri);
  }
  agent_.ReportNotification(*this, notify);
  if (!told->is_terminated()) {
    SetState(told->is_pending() ? State::kPending : State::kActive, labels::kNotifyReceived);
    if (told->expires_seconds().has_value()) Grant(*told->expires_seconds());
    // A notifier that names no end must not keep us for ever.
    if (!timer_expiry_.is_set()) Grant(std::max(options_.expires, 1u));
    return;
  }
  const std::string why(told->reason().value_or("terminated"));
  const std::optional<uint32_t> retry_after = told->retry_after_seconds();
  const bool was_wanted = !is_unsubscribing_ && options_.expires > 0 && refer_number_ == 0;
  Terminate(labels::kNotifyReceived, why);
  if (!was_wanted || !options_.subscribes_again) return;
  // §4.1.3: which ends invite to try again, and when.
  if (why == "rejected" || why == "noresource" || why == "invariant") return;
  const bool at_once = why == "deactivated" || why == "timeout";
  timer_retry_.Set(Duration::Seconds(at_once ? 0 : retry_after.value_or(0)));
}

void Subscriber::Terminate(const TraceLabel& reason, absl::string_view why) {
  if (state_ == State::kTerminated) return;
  timer_n_.Cancel();
  timer_refresh_.Cancel();
  timer_expiry_.Cancel();
  end_reason_ = std::string(why);
  SetState(State::kTerminated, reason);
  agent_.SettleSubscription(handle_);
}

void Subscriber::OnTimerN() {
  const UserAgent::EventScope scope(agent_);
  Terminate(labels::kTimerN, "no NOTIFY");
}

void Subscriber::OnTimerRefresh() {
  const UserAgent::EventScope scope(agent_);
  SendRefresh(options_.expires);
}

void Subscriber::OnTimerExpiry() {
  const UserAgent::EventScope scope(agent_);
  Terminate(labels::kTimerSubscriptionExpiry, "expired");
}

// A new subscription: nothing of the old dialog is used again (§4.1.2.2).
void Subscriber::OnTimerRetry() {
  const UserAgent::EventScope scope(agent_);
  if (entry_ != nullptr) agent_.dialogs().Leave(*std::exchange(entry_, nullptr), *this);
  SendFirst(agent_.DestinationFor(options_.target));
}

}  // namespace tickwire::sip
