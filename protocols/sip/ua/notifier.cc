#include "protocols/sip/ua/notifier.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/message/status_code.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {
namespace {

const TraceLabel& LabelOf(Notifier::State state) {
  using enum Notifier::State;
  switch (state) {
    case kInit:
      return labels::kSubscriptionInit;
    case kRespWait:
      return labels::kRespWait;
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

Notifier::Notifier(UserAgent& agent, NotifierHandle handle, EventPackage& package,
                   std::string resource, std::string event)
    : agent_(agent),
      handle_(handle),
      package_(package),
      resource_(std::move(resource)),
      event_(std::move(event)),
      entity_(agent.trace().NewEntity(absl::StrCat("notifier ", handle.value, " ", event_))),
      timer_expiry_(agent.clock(), *this, labels::kTimerSubscriptionExpiry, entity_) {}

Notifier::~Notifier() {
  if (entry_ != nullptr) agent_.dialogs().Leave(*entry_, *this);
}

void Notifier::SetState(State next, const TraceLabel& reason) {
  if (state_ == next) return;
  state_ = next;
  agent_.trace().State(entity_, LabelOf(next), reason);
}

bool Notifier::MakeDialog(const ServerTransaction& transaction) {
  local_tag_ = agent_.NewTag();
  std::optional<Dialog> dialog = Dialog::OfCalled(transaction.request(), local_tag_);
  if (!dialog.has_value()) return false;
  entry_ = agent_.dialogs().Add(*std::move(dialog), *this);
  TW_CHECK(entry_ != nullptr);  // the tag is fresh
  return true;
}

bool Notifier::Accept(ServerTransaction& transaction, uint32_t expires, bool is_pending) {
  hop_ = transaction.hop();
  if (!MakeDialog(transaction)) {
    agent_.Respond(transaction, 400);
    return false;
  }
  watcher_ = std::string(transaction.request().Get<From>()->uri);
  SetState(State::kRespWait, labels::kSubscribeReceived);
  Respond(transaction, 200, expires);
  // §4.2.1.2: a NOTIFY follows at once, whatever the policy says.
  SetState(is_pending ? State::kPending : State::kActive, labels::kPolicy);
  if (expires == 0) {
    Terminate("timeout");  // §4.4.3: a poll
  } else {
    timer_expiry_.Set(Duration::Seconds(expires));
    Notify();
  }
  return true;
}

bool Notifier::AcceptRefer(ServerTransaction& transaction, DialogEntry* entry, uint32_t expires) {
  hop_ = transaction.hop();
  if (entry != nullptr) {
    entry_ = entry;
    agent_.dialogs().Join(*entry, *this);
  } else if (!MakeDialog(transaction)) {
    agent_.Respond(transaction, 400);
    return false;
  }
  Respond(transaction, 202, std::nullopt);
  SetState(State::kActive, labels::kReferReceived);
  timer_expiry_.Set(Duration::Seconds(expires));
  Notify();
  return true;
}

void Notifier::Respond(ServerTransaction& transaction, int status,
                       std::optional<uint32_t> expires) {
  const SipMessage& request = transaction.request();
  SipMessage response = StartResponse(request, status, local_tag_);
  if (request.Has<RecordRoute>()) {
    for (const RecordRoute& route : request.GetAll<RecordRoute>()) response.Add(route);
  }
  agent_.AddContact(response, request, hop_, agent_.UserOf(request.request_uri()));
  if (expires.has_value()) response.Add(Expires{*expires});
  agent_.AddProduct(response);
  response.Add(ContentLength{0});
  transaction.Respond(std::move(response));
}

void Notifier::Notify() {
  if (state_ == State::kTerminated && notify_ == 0 && entry_ == nullptr) return;
  if (notify_ != 0) {
    is_notify_due_ = true;
    return;
  }
  SendNotify();
}

void Notifier::ReviewPolicy() {
  if (state_ != State::kPending) return;
  switch (package_.PolicyFor(resource_, watcher_)) {
    case EventPackage::Policy::kPending:
      return;
    case EventPackage::Policy::kGranted:
      SetState(State::kActive, labels::kPolicy);
      Notify();
      return;
    case EventPackage::Policy::kForbidden:  // §4.2.1.3
      Terminate("rejected");
      return;
    case EventPackage::Policy::kNoResource:
      Terminate("noresource");
      return;
  }
}

void Notifier::Terminate(absl::string_view reason, uint32_t retry_after) {
  if (state_ == State::kTerminated) return;
  end_reason_ = std::string(reason);
  retry_after_ = retry_after;
  timer_expiry_.Cancel();
  SetState(State::kTerminated, labels::kSubscriptionEnded);
  Notify();
}

void Notifier::SendNotify() {
  const Destination destination = agent_.DestinationWithin(entry_->dialog, &hop_);
  SipMessage notify = entry_->dialog.MakeRequest("NOTIFY", agent_.NewVia(destination));
  agent_.AddContact(notify, destination);
  notify.AddRaw(Event::kName, event_);
  std::string told;
  const bool is_active = state_ == State::kActive;
  if (state_ == State::kTerminated) {
    told = absl::StrCat("terminated;reason=", end_reason_);
    if (retry_after_ != 0) absl::StrAppend(&told, ";retry-after=", retry_after_);
  } else {
    const Duration left = timer_expiry_.deadline() - agent_.clock().now();
    told =
        absl::StrCat(is_active ? "active" : "pending", ";expires=", left.nanos() / 1'000'000'000);
  }
  notify.AddRaw(SubscriptionState::kName, told);
  agent_.AddProduct(notify);
  // §4.2.1.3: who is not authorised yet sees nothing.
  const bool may_see = state_ != State::kPending && end_reason_ != "rejected";
  const std::string body = may_see ? package_.StateOf(resource_, version_++) : std::string();
  notify.SetBody(body.empty() ? absl::string_view() : package_.content_type(), body);
  notify_ = agent_.Send(std::move(notify), Destination(destination), *this);
}

void Notifier::OnResponse(OutgoingRequest& request, const SipMessage& response) {
  if (IsProvisional(response.status()) || request.id() != notify_) return;
  notify_ = 0;
  const int status = response.status();
  if (EndsSubscription(status) && state_ != State::kTerminated) {
    Drop(labels::kNotifyRefused);
    return;
  }
  OnNotifyOver();
}

void Notifier::OnFailure(OutgoingRequest& request, RequestFailure) {
  if (request.id() != notify_) return;
  notify_ = 0;
  if (state_ != State::kTerminated) {
    Drop(labels::kNotifyFailed);  // §4.2.2: timer F removes the subscription
    return;
  }
  is_notify_due_ = false;
  OnNotifyOver();
}

void Notifier::OnNotifyOver() {
  if (std::exchange(is_notify_due_, false)) {
    SendNotify();
    return;
  }
  if (state_ == State::kTerminated) agent_.SettleNotifier(handle_);
}

void Notifier::Drop(const TraceLabel& reason) {
  timer_expiry_.Cancel();
  is_notify_due_ = false;
  SetState(State::kTerminated, reason);
  agent_.SettleNotifier(handle_);
}

bool Notifier::Takes(const SipMessage& request) const {
  if (request.method() != Method::kSubscribe || state_ == State::kTerminated) return false;
  const std::optional<Event> event = request.Get<Event>();
  const std::optional<Event> own = Event::Parse(event_);
  return event.has_value() && own.has_value() && event->Matches(*own);
}

// §4.2.1.4: a refresh, or the end when Expires is 0.
void Notifier::OnRequest(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  const std::optional<Expires> asked = request.Get<Expires>();
  uint32_t expires = asked.has_value() ? asked->seconds : package_.default_expires();
  if (expires > 0 && expires < 3600 && expires < package_.least_expires()) {
    agent_.RespondTooBrief(transaction, package_.least_expires());
    return;
  }
  expires = std::min(expires, package_.greatest_expires());
  if (const std::optional<Contact> contact = request.Get<Contact>();
      contact.has_value() && !contact->is_star()) {
    entry_->dialog.set_remote_target(contact->uri);
  }
  Respond(transaction, 200, expires);
  if (expires == 0) {
    Terminate("timeout");
    return;
  }
  timer_expiry_.Set(Duration::Seconds(expires));
  Notify();
}

void Notifier::OnTimerExpiry() {
  const UserAgent::EventScope scope(agent_);
  Terminate("timeout");
}

}  // namespace tickwire::sip
