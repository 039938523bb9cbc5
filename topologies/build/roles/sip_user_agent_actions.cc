// The actions of the role sip_ua.
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/body/pidf.h"
#include "topologies/build/literal_values.h"
#include "topologies/build/roles/sip_user_agent_config.h"
#include "topologies/build/roles/sip_user_agent_role.h"

namespace tickwire {
namespace {

using google::protobuf::Message;

absl::Status NotNow(absl::string_view what, const std::string& call) {
  return absl::FailedPreconditionError(
      absl::StrCat(what, " is not possible in the present state of call \"", call, "\""));
}

}  // namespace

template <class Action>
std::optional<absl::Status> SipUserAgentRole::TryDo(const Message& action) {
  if (action.GetDescriptor() != Action::descriptor()) return std::nullopt;
  return Do(static_cast<const Action&>(action));
}

absl::StatusOr<bool> SipUserAgentRole::Perform(const Message& action) {
  using namespace scenario;  // the list below
  std::optional<absl::Status> done;
  const auto try_all = [&]<class... Actions>() {
    return ((done = TryDo<Actions>(action)).has_value() || ...);
  };
  const bool is_ours =
      try_all.template operator()<SipCall, SipHangUp, SipCancel, SipEndEarlyDialog, SipRing,
                                  SipPickUp, SipModify, SipWithin, SipSend, SipTransfer,
                                  SipSubscribe, SipUnsubscribe, SipPublish, SipPermit, SipBind>();
  if (!is_ours) return false;
  if (!done->ok()) return *done;
  return true;
}

absl::StatusOr<sip::CallHandle> SipUserAgentRole::FindCall(const std::string& name) const {
  const auto it = named_.find(name);
  if (it == named_.end()) return absl::NotFoundError(absl::StrCat("no call \"", name, "\" yet"));
  return it->second;
}

absl::Status SipUserAgentRole::Do(const scenario::SipCall& call) {
  sip::CallOptions options;
  if (call.has_uri()) {
    options.target = call.uri();
  } else {
    options.target = UriOf(call.to());
  }
  options.user = call.user();
  options.delayed_offer = call.delayed_offer();
  absl::StatusOr<sip::HeaderRows> rows = HeaderRowsOf(call.header());
  if (!rows.ok()) return rows.status();
  options.rows = *std::move(rows);
  SipCallWishes wishes;
  wishes.hang_up_after = UnlessNever(call.hang_up_after());
  wishes.cancel_after = UnlessNever(call.cancel_after());
  named_[call.call()] =
      Place(options, std::make_unique<SipCallPlan>(agent_, entity_, std::move(wishes)));
  return absl::OkStatus();
}

absl::Status SipUserAgentRole::Do(const scenario::SipHangUp& action) {
  const auto call = FindCall(action.call());
  if (!call.ok()) return call.status();
  agent_.HangUp(*call);
  return absl::OkStatus();
}

absl::Status SipUserAgentRole::Do(const scenario::SipCancel& action) {
  const auto call = FindCall(action.call());
  if (!call.ok()) return call.status();
  agent_.Cancel(*call);
  return absl::OkStatus();
}

absl::Status SipUserAgentRole::Do(const scenario::SipEndEarlyDialog& action) {
  const auto call = FindCall(action.call());
  if (!call.ok()) return call.status();
  agent_.EndEarlyDialog(*call);
  return absl::OkStatus();
}

absl::Status SipUserAgentRole::Do(const scenario::SipRing& action) {
  const auto call = FindCall(action.call());
  if (!call.ok()) return call.status();
  agent_.Ring(*call, static_cast<int>(action.status()));
  return absl::OkStatus();
}

absl::Status SipUserAgentRole::Do(const scenario::SipPickUp& action) {
  const auto call = FindCall(action.call());
  if (!call.ok()) return call.status();
  if (action.status() < 300) {
    agent_.Answer(*call);
  } else {
    agent_.Reject(*call, static_cast<int>(action.status()));
  }
  return absl::OkStatus();
}

absl::Status SipUserAgentRole::Do(const scenario::SipModify& action) {
  const auto call = FindCall(action.call());
  if (!call.ok()) return call.status();
  auto change = sip::InviteUsage::Change::kNone;
  if (action.change() == scenario::CHANGE_HOLD) change = sip::InviteUsage::Change::kHold;
  if (action.change() == scenario::CHANGE_RESUME) change = sip::InviteUsage::Change::kResume;
  if (!agent_.Modify(*call, change, action.by_update())) {
    return NotNow("a new offer", action.call());
  }
  return absl::OkStatus();
}

absl::Status SipUserAgentRole::Do(const scenario::SipWithin& action) {
  const auto call = FindCall(action.call());
  if (!call.ok()) return call.status();
  const absl::StatusOr<sip::HeaderRows> rows = HeaderRowsOf(action.header());
  if (!rows.ok()) return rows.status();
  const std::string type = action.body().empty() ? "" : action.content_type();
  if (!agent_.SendWithin(*call, action.method(), *rows, type, action.body())) {
    return NotNow(action.method(), action.call());
  }
  return absl::OkStatus();
}

absl::Status SipUserAgentRole::Do(const scenario::SipSend& action) {
  const std::string target = action.has_uri() ? action.uri() : UriOf(action.to());
  const absl::StatusOr<sip::HeaderRows> rows = HeaderRowsOf(action.header());
  if (!rows.ok()) return rows.status();
  const std::string type = action.body().empty() ? "" : action.content_type();
  agent_.SendOutside(action.method(), target, *rows, type, action.body());
  return absl::OkStatus();
}

absl::Status SipUserAgentRole::Do(const scenario::SipTransfer& action) {
  const auto call = FindCall(action.call());
  if (!call.ok()) return call.status();
  std::string target = action.uri();
  if (action.has_replacing()) {
    const auto other = FindCall(action.replacing());
    if (!other.ok()) return other.status();
    target = agent_.ReplacingUri(*other);
    if (target.empty()) return NotNow("a transfer", action.replacing());
  } else if (action.has_to()) {
    target = UriOf(action.to());
  }
  const std::optional<sip::SubscriptionHandle> subscription = agent_.Refer(*call, target);
  if (!subscription.has_value()) return NotNow("a transfer", action.call());
  transfers_[*subscription] = *call;
  return absl::OkStatus();
}

absl::Status SipUserAgentRole::Do(const scenario::SipSubscribe& action) {
  const std::string target = action.has_uri() ? action.uri() : UriOf(action.to());
  sip::SubscribeOptions options;
  options.target = target;
  options.event = action.event();
  options.expires = SecondsOf(action.expires());
  if (options.event == "presence") options.accept = std::string(sip::Pidf::kMediaType);
  subscriptions_[action.subscription()] = agent_.Subscribe(options);
  return absl::OkStatus();
}

absl::Status SipUserAgentRole::Do(const scenario::SipUnsubscribe& action) {
  const auto found = subscriptions_.find(action.subscription());
  if (found == subscriptions_.end()) {
    return absl::NotFoundError(absl::StrCat("no subscription \"", action.subscription(), "\" yet"));
  }
  agent_.Unsubscribe(found->second);
  return absl::OkStatus();
}

absl::Status SipUserAgentRole::Do(const scenario::SipPublish& action) {
  const std::string target = action.has_uri() ? action.uri() : UriOf(action.to());
  const sip::UserAgent::EventScope scope(agent_);
  sip::Publisher*& publisher = publishers_[target];
  if (publisher == nullptr) {
    sip::PublishOptions options;
    options.target = target;
    options.event = "presence";
    options.content_type = std::string(sip::Pidf::kMediaType);
    options.expires = SecondsOf(action.expires());
    publisher = &agent_.AddPublisher(options);
  }
  if (action.remove()) {
    publisher->Remove();
    return absl::OkStatus();
  }
  sip::Pidf pidf;
  const std::string& user = agent_.config().user;
  const std::string& domain = config_.domain();
  pidf.entity = absl::StrCat("pres:", user, "@", domain.empty() ? "localhost" : domain);
  pidf.tuples.push_back(
      {.id = context_.host.node.name(), .is_open = !action.closed(), .note = action.note()});
  publisher->Publish(pidf.ToString());
  return absl::OkStatus();
}

absl::Status SipUserAgentRole::Do(const scenario::SipPermit& action) {
  if (presence_ == nullptr) {
    return absl::FailedPreconditionError("this node is no `presence_server`");
  }
  presence_->Grant(action.watcher());
  agent_.OnPolicyChange(*presence_, action.user());
  return absl::OkStatus();
}

absl::Status SipUserAgentRole::Do(const scenario::SipBind& action) {
  if (registration_ == nullptr) {
    return absl::FailedPreconditionError("this node has no `register`");
  }
  const sip::UserAgent::EventScope scope(agent_);
  switch (action.what()) {
    case scenario::BIND_REMOVE:
      registration_->Unregister();
      break;
    case scenario::BIND_REMOVE_ALL:
      registration_->Unregister(/*all=*/true);
      break;
    case scenario::BIND_QUERY:
      registration_->Query();
      break;
    default:
      registration_->Register();
      break;
  }
  return absl::OkStatus();
}

}  // namespace tickwire
