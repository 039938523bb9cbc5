// What a user agent does beside calls: registrations, subscriptions both ways, publications, REFER.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/message/status_code.h"
#include "protocols/sip/message/uri_headers.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {
namespace {

// RFC 3515 leaves it open; long enough for a phone to ring.
constexpr uint32_t kReferSeconds = 180;

}  // namespace

Registration& UserAgent::AddRegistration(const RegistrationOptions& options) {
  registrations_.push_back(std::make_unique<Registration>(*this, options));
  return *registrations_.back();
}

Publisher& UserAgent::AddPublisher(const PublishOptions& options) {
  publishers_.push_back(std::make_unique<Publisher>(*this, options));
  return *publishers_.back();
}

void UserAgent::SendOutside(absl::string_view method, const std::string& target,
                            const HeaderRows& rows, absl::string_view body_type,
                            absl::string_view body) {
  const EventScope scope(*this);
  pager_->Send(method, target, rows, body_type, body);
}

// --- As subscriber. ---

SubscriptionHandle UserAgent::Subscribe(const SubscribeOptions& options) {
  const EventScope scope(*this);
  const SubscriptionHandle handle{++last_subscriber_};
  auto made = std::make_unique<Subscriber>(*this, handle, options);
  Subscriber& subscriber = *made;
  subscribers_.emplace(handle.value, std::move(made));
  subscriber.Start(DestinationFor(options.target));
  return handle;
}

void UserAgent::Unsubscribe(SubscriptionHandle subscription) {
  const EventScope scope(*this);
  const auto found = subscribers_.find(subscription.value);
  if (found != subscribers_.end()) found->second->Unsubscribe();
}

const Subscriber* UserAgent::FindSubscription(SubscriptionHandle subscription) const {
  const auto found = subscribers_.find(subscription.value);
  return found == subscribers_.end() ? nullptr : found->second.get();
}

// RFC 6665 §4.4.1: the first NOTIFY may come before the answer to SUBSCRIBE, and makes the dialog.
void UserAgent::OnNotifyOutside(ServerTransaction& transaction) {
  for (const auto& [handle, subscriber] : subscribers_) {
    if (!subscriber->IsAwaiting(transaction.request())) continue;
    subscriber->OnFirstNotify(transaction);
    return;
  }
  Respond(transaction, 481);
}

// --- As notifier. ---

EventPackage* UserAgent::FindPackage(const SipMessage& request) {
  const std::optional<Event> event = request.Get<Event>();
  if (!event.has_value()) return nullptr;
  for (EventPackage* const package : packages_) {
    if (event->package == package->name()) return package;
  }
  return nullptr;
}

void UserAgent::OnSubscribe(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  EventPackage* const package = FindPackage(request);
  if (package == nullptr) {  // RFC 6665 §4.2.1.1, §8.3.2
    SipMessage response = StartResponse(request, 489, NewTag());
    for (const EventPackage* const known : packages_) response.Add(AllowEvents{known->name()});
    response.Add(ContentLength{0});
    transaction.Respond(std::move(response));
    return;
  }
  if (notifiers_.size() >= config_.most_subscriptions) {
    Respond(transaction, 503);
    return;
  }
  const std::optional<Expires> asked = request.Get<Expires>();
  uint32_t expires = asked.has_value() ? asked->seconds : package->default_expires();
  if (expires > 0 && expires < 3600 && expires < package->least_expires()) {
    RespondTooBrief(transaction, package->least_expires());
    return;
  }
  expires = std::min(expires, package->greatest_expires());
  const std::string resource = UserOf(request.request_uri());
  const EventPackage::Policy policy = package->PolicyFor(resource, request.Get<From>()->uri);
  if (policy == EventPackage::Policy::kForbidden || policy == EventPackage::Policy::kNoResource) {
    Respond(transaction, policy == EventPackage::Policy::kForbidden ? 403 : 404);
    return;
  }
  const NotifierHandle handle{++last_notifier_};
  std::string event;
  request.Get<Event>()->AppendTo(event);
  auto made = std::make_unique<Notifier>(*this, handle, *package, resource, std::move(event));
  Notifier& notifier = *made;
  notifiers_.emplace(handle.value, std::move(made));
  watchers_[{std::string(package->name()), resource}].push_back(handle.value);
  const bool is_pending = policy == EventPackage::Policy::kPending;
  if (!notifier.Accept(transaction, expires, is_pending)) SettleNotifier(handle);
}

void UserAgent::OnPublish(ServerTransaction& transaction) {
  EventPackage* const package = FindPackage(transaction.request());
  if (packages_.empty()) {
    Respond(transaction, 405);
  } else if (package == nullptr ||
             !package->OnPublish(transaction, UserOf(transaction.request().request_uri()))) {
    Respond(transaction, 489);  // RFC 3903 §6, step 2
  }
}

void UserAgent::OnStateChange(EventPackage& package, const std::string& resource) {
  const EventScope scope(*this);
  const auto found = watchers_.find({std::string(package.name()), resource});
  if (found == watchers_.end()) return;
  for (const uint64_t handle : std::vector<uint64_t>(found->second)) {
    const auto notifier = notifiers_.find(handle);
    if (notifier != notifiers_.end()) notifier->second->Notify();
  }
}

void UserAgent::OnPolicyChange(EventPackage& package, const std::string& resource) {
  const EventScope scope(*this);
  const auto found = watchers_.find({std::string(package.name()), resource});
  if (found == watchers_.end()) return;
  for (const uint64_t handle : std::vector<uint64_t>(found->second)) {
    const auto notifier = notifiers_.find(handle);
    if (notifier != notifiers_.end()) notifier->second->ReviewPolicy();
  }
}

void UserAgent::SettleSubscription(SubscriptionHandle subscription) {
  settled_subscribers_.push_back(subscription.value);
}

void UserAgent::SettleNotifier(NotifierHandle notifier) {
  settled_notifiers_.push_back(notifier.value);
}

void UserAgent::EraseSettled() {
  for (const uint64_t handle : std::exchange(settled_subscribers_, {})) {
    const auto found = subscribers_.find(handle);
    if (found != subscribers_.end() && found->second->is_over()) subscribers_.erase(found);
  }
  for (const uint64_t handle : std::exchange(settled_notifiers_, {})) {
    const auto found = notifiers_.find(handle);
    if (found == notifiers_.end()) continue;
    const auto watched =
        watchers_.find({std::string(found->second->package().name()), found->second->resource()});
    if (watched != watchers_.end()) {
      auto& list = watched->second;
      list.erase(std::remove(list.begin(), list.end(), handle), list.end());
      if (list.empty()) watchers_.erase(watched);
    }
    notifiers_.erase(found);
    const auto referral = referrals_.find(handle);
    if (referral != referrals_.end()) {
      referred_calls_.erase(referral->second->call().value);
      referrals_.erase(referral);
    }
  }
}

// --- REFER. ---

std::optional<SubscriptionHandle> UserAgent::Refer(CallHandle handle, absl::string_view refer_to) {
  const EventScope scope(*this);
  Call* const call = FindByContext(handle.value);
  InviteUsage* const usage = call == nullptr ? nullptr : call->usage();
  if (usage == nullptr || usage->state() != InviteUsage::State::kEstablished) return std::nullopt;
  SipMessage refer = usage->Make("REFER");
  AddContact(refer, usage->NextHop(), call->user());
  refer.AddRaw(ReferTo::kName, absl::StrCat("<", refer_to, ">"));
  refer.AddRaw(ReferredBy::kName, LocalAddress(usage->NextHop(), call->user()));
  AddProduct(refer);
  refer.Add(ContentLength{0});
  SubscribeOptions options;
  options.event = "refer";
  options.subscribes_again = false;
  const SubscriptionHandle subscription{++last_subscriber_};
  auto made = std::make_unique<Subscriber>(*this, subscription, options);
  Subscriber& subscriber = *made;
  subscribers_.emplace(subscription.value, std::move(made));
  subscriber.StartRefer(usage->entry(), std::move(refer), usage->NextHop());
  return subscription;
}

SubscriptionHandle UserAgent::ReferOutside(const std::string& target, absl::string_view refer_to) {
  SubscribeOptions options;
  options.target = target;
  options.event = "refer";
  options.refer_to = std::string(refer_to);
  options.subscribes_again = false;
  return Subscribe(options);
}

std::string UserAgent::ReplacingUri(CallHandle other) const {
  const Call* const call = FindCall(other);
  const Dialog* const dialog = call == nullptr ? nullptr : call->dialog();
  if (dialog == nullptr) return {};
  // As its peer sees the dialog: to-tag is the peer's own (RFC 3891 §3).
  const std::string replaces = absl::StrCat(dialog->call_id(), ";to-tag=", dialog->remote_tag(),
                                            ";from-tag=", dialog->local_tag());
  return absl::StrCat(dialog->remote_target(), "?Replaces=", EscapeHeaderValue(replaces));
}

void UserAgent::OnRefer(DialogEntry* entry, ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  const std::vector<ReferTo> targets = request.GetAll<ReferTo>();
  if (targets.size() != 1) {  // RFC 3515 §2.4.2
    Respond(transaction, 400);
    return;
  }
  std::optional<CallOptions> options = CallOfReferTo(targets.front().uri);
  if (!options.has_value() || !config_.accepts_refer) {
    Respond(transaction, 603);
    return;
  }
  if (notifiers_.size() >= config_.most_subscriptions) {
    Respond(transaction, 503);
    return;
  }
  if (const auto by = request.GetRaw<ReferredBy>()) {  // RFC 3892 §2.2
    options->rows.emplace_back(std::string(ReferredBy::kName), std::string(*by));
  }
  const uint32_t number = request.Get<CSeq>()->number;
  const NotifierHandle handle{++last_notifier_};
  auto referral = std::make_unique<Referral>(handle);
  auto made = std::make_unique<Notifier>(*this, handle, *referral, std::string(),
                                         absl::StrCat("refer;id=", number));
  Notifier& notifier = *made;
  notifiers_.emplace(handle.value, std::move(made));
  Referral& package = *referral;
  referrals_.emplace(handle.value, std::move(referral));
  if (!notifier.AcceptRefer(transaction, entry, kReferSeconds)) {
    SettleNotifier(handle);
    return;
  }
  const CallHandle call = PlaceCall(*options);
  package.set_call(call);
  referred_calls_.emplace(call.value, handle.value);
}

// RFC 3515 §2.4.5: how far the call has come, and its end as soon as it is known.
void UserAgent::TellReferrer(const Call& call) {
  const auto found = referred_calls_.find(call.handle().value);
  if (found == referred_calls_.end()) return;
  const auto notifier = notifiers_.find(found->second);
  const auto referral = referrals_.find(found->second);
  if (notifier == notifiers_.end() || referral == referrals_.end()) return;
  switch (call.state()) {
    case CallState::kRinging:
      if (referral->second->SetStatus(180, ReasonPhrase(180))) notifier->second->Notify();
      return;
    case CallState::kConfirmed:
    case CallState::kEnded: {
      int status = call.final_status();
      if (status == 0) status = call.end() == CallEnd::kNetworkError ? 503 : 408;
      referral->second->SetStatus(status, ReasonPhrase(status));
      notifier->second->Terminate("noresource");
      return;
    }
    default:
      return;
  }
}

// --- News. ---

void UserAgent::ReportSubscription(const Subscriber& subscriber) {
  if (observer_ != nullptr) observer_->OnSubscription(*this, subscriber);
}

void UserAgent::ReportNotification(const Subscriber& subscriber, const SipMessage& notify) {
  if (observer_ != nullptr) observer_->OnNotification(*this, subscriber, notify);
}

void UserAgent::ReportRegistration(const Registration& registration) {
  if (observer_ != nullptr) observer_->OnRegistration(*this, registration);
}

void UserAgent::ReportAnswer(const Call* call, const SipMessage& response) {
  if (observer_ != nullptr) observer_->OnAnswer(*this, call, response);
}

// §8.1.3.1: counts as 408 or 503; nobody sent it.
void UserAgent::ReportFailure(const OutgoingRequest& request, RequestFailure failure) {
  if (observer_ == nullptr || request.transaction() == nullptr) return;
  const int status = failure == RequestFailure::kTimeout ? 408 : 503;
  observer_->OnAnswer(*this, nullptr, MakeResponse(request.request(), status));
}

}  // namespace tickwire::sip
