#include "topologies/build/roles/sip_user_agent_role.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/ua/user_agent.h"
#include "sim_core/event/timer.h"
#include "topologies/build/literal_values.h"

namespace tickwire {
namespace {

using google::protobuf::Message;
using Totals = std::vector<std::pair<std::string, int64_t>>;

constexpr TraceLabel kHangUpAfter{"hang up", "the scenario ends the call then"};
constexpr TraceLabel kCancelAfter{"cancel", "the scenario gives up then (RFC 3261 9.1)"};

std::optional<Duration> UnlessNever(const std::string& text) {
  const Duration duration = DurationOf(text);
  if (duration == Duration::Infinite()) return std::nullopt;
  return duration;
}

sip::UserAgentConfig ConfigOf(const std::string& node, const scenario::SipUserAgent& role) {
  sip::UserAgentConfig config;
  config.user = role.user().empty() ? node : role.user();
  config.timers.t1 = DurationOf(role.t1());
  config.timers.t2 = DurationOf(role.t2());
  config.timers.t4 = DurationOf(role.t4());
  config.timers.d = DurationOf(role.timer_d());
  sip::Behaviour& behaviour = config.behaviour;
  behaviour.answer_after = Duration::Seconds(1);
  switch (role.on_invite_case()) {
    case scenario::SipUserAgent::kAnswer:
      behaviour.ring_after = UnlessNever(role.answer().ring_after());
      behaviour.answer_after = UnlessNever(role.answer().answer_after());
      behaviour.hang_up_after = UnlessNever(role.answer().hang_up_after());
      break;
    case scenario::SipUserAgent::kReject:
      behaviour.ring_after = std::nullopt;
      behaviour.answer_after = DurationOf(role.reject().after());
      behaviour.answer_status = static_cast<int>(role.reject().status());
      break;
    case scenario::SipUserAgent::kIgnore:
      behaviour.ignores_requests = role.ignore();
      break;
    case scenario::SipUserAgent::ON_INVITE_NOT_SET:
      break;
  }
  return config;
}

class SipUserAgentRole : public Role, private sip::CallObserver {
 public:
  SipUserAgentRole(RoleContext& context, const scenario::SipUserAgent& role)
      : context_(context),
        entity_(context.host.node.trace().NewEntity("sip user")),
        agent_({.clock = context.host.node.clock(),
                .sockets = context.host.udp,
                .seed = context.host.node.run_seed()},
               ConfigOf(context.host.node.name(), role)) {
    agent_.set_observer(this);
  }
  absl::Status Open(uint16_t port) { return agent_.Open({IpAddress(), port}); }

  absl::StatusOr<bool> Perform(const Message& action) override;
  Totals Counters() const override;
  Totals Leftovers() const override;

 private:
  // What the scenario wants of one of our calls beyond what the user agent does by itself.
  class Plan {
   public:
    Plan(SipUserAgentRole& role, std::optional<Duration> hang_up_after)
        : role_(role), hang_up_after_(hang_up_after) {}
    void Start(sip::CallHandle call, std::optional<Duration> cancel_after) {
      call_ = call;
      if (cancel_after) cancel_.Set(*cancel_after);
    }
    void OnState(sip::CallState state) {
      if (state == sip::CallState::kConfirmed && hang_up_after_) hang_up_.Set(*hang_up_after_);
      if (state == sip::CallState::kConfirmed || state == sip::CallState::kEnded) cancel_.Cancel();
      if (state == sip::CallState::kEnding || state == sip::CallState::kEnded) hang_up_.Cancel();
    }
    sip::CallHandle call() const { return call_; }

   private:
    void OnHangUp() { role_.agent_.HangUp(call_); }
    void OnCancel() { role_.agent_.Cancel(call_); }

    SipUserAgentRole& role_;
    const std::optional<Duration> hang_up_after_;
    sip::CallHandle call_;
    Timer<Plan, &Plan::OnHangUp> hang_up_{role_.context_.host.node.clock(), *this, kHangUpAfter,
                                          role_.entity_};
    Timer<Plan, &Plan::OnCancel> cancel_{role_.context_.host.node.clock(), *this, kCancelAfter,
                                         role_.entity_};
  };

  absl::Status PlaceCall(const scenario::SipCall& call);
  uint64_t OpenCalls() const { return plans_.size(); }  // placed by us, not ended
  absl::StatusOr<sip::CallHandle> FindCall(const std::string& name) const;
  void OnCallState(sip::UserAgent& agent, const sip::Call& call) override;

  RoleContext& context_;
  const TraceEntity entity_;
  sip::UserAgent agent_;
  std::map<sip::CallHandle, std::unique_ptr<Plan>> plans_;
  std::map<std::string, sip::CallHandle> named_;  // the latest call of each name
};

absl::StatusOr<bool> SipUserAgentRole::Perform(const Message& action) {
  if (action.GetDescriptor() == scenario::SipCall::descriptor()) {
    if (absl::Status s = PlaceCall(static_cast<const scenario::SipCall&>(action)); !s.ok()) {
      return s;
    }
    return true;
  }
  if (action.GetDescriptor() == scenario::SipHangUp::descriptor()) {
    const auto call = FindCall(static_cast<const scenario::SipHangUp&>(action).call());
    if (!call.ok()) return call.status();
    agent_.HangUp(*call);
    return true;
  }
  if (action.GetDescriptor() == scenario::SipCancel::descriptor()) {
    const auto call = FindCall(static_cast<const scenario::SipCancel&>(action).call());
    if (!call.ok()) return call.status();
    agent_.Cancel(*call);
    return true;
  }
  return false;
}

absl::Status SipUserAgentRole::PlaceCall(const scenario::SipCall& call) {
  const scenario::Node* callee = context_.scenario_node(call.to());
  std::string user;
  uint16_t port = 0;
  for (const scenario::Role& role : callee->role()) {
    if (!role.has_sip_ua()) continue;
    user = role.sip_ua().user().empty() ? callee->name() : role.sip_ua().user();
    port = static_cast<uint16_t>(role.sip_ua().port());
  }
  if (port == 0) return absl::NotFoundError(absl::StrCat(call.to(), " has no role sip_ua"));
  const Endpoint next_hop{context_.address_of(call.to()), port};
  const std::string host = next_hop.address.is_v6()
                               ? absl::StrCat("[", next_hop.address.ToString(), "]")
                               : next_hop.address.ToString();
  const std::string target =
      absl::StrCat("sip:", user, "@", host, port == 5060 ? "" : absl::StrCat(":", port));
  auto plan = std::make_unique<Plan>(*this, UnlessNever(call.hang_up_after()));
  Plan& started = *plan;
  const sip::CallHandle handle = agent_.PlaceCall(target, next_hop);
  plans_[handle] = std::move(plan);
  named_[call.call()] = handle;
  started.Start(handle, UnlessNever(call.cancel_after()));
  return absl::OkStatus();
}

absl::StatusOr<sip::CallHandle> SipUserAgentRole::FindCall(const std::string& name) const {
  const auto it = named_.find(name);
  if (it == named_.end()) return absl::NotFoundError(absl::StrCat("no call \"", name, "\" yet"));
  return it->second;
}

void SipUserAgentRole::OnCallState(sip::UserAgent&, const sip::Call& call) {
  const auto it = plans_.find(call.handle());
  if (it == plans_.end()) return;
  it->second->OnState(call.state());
  if (call.state() == sip::CallState::kEnded) plans_.erase(it);
}

Totals SipUserAgentRole::Counters() const {
  const sip::UserAgent::Counters& c = agent_.counters();
  return {{"sip calls placed", static_cast<int64_t>(c.placed)},
          {"sip calls received", static_cast<int64_t>(c.received)},
          {"sip calls answered", static_cast<int64_t>(c.placed_and_answered)},
          {"sip calls not answered",
           static_cast<int64_t>(c.placed - c.placed_and_answered - OpenCalls())},
          {"sip 2xx repeated", static_cast<int64_t>(c.successes_repeated)},
          {"sip ACKs repeated", static_cast<int64_t>(c.acks_repeated)}};
}

Totals SipUserAgentRole::Leftovers() const {
  Totals left;
  const std::pair<const char*, size_t> all[] = {{"sip calls", agent_.live_calls()},
                                                {"sip dialogs", agent_.dialog_count()},
                                                {"sip transactions", agent_.transaction_count()},
                                                {"sip call records", agent_.record_count()}};
  for (const auto& [name, count] : all) {
    if (count != 0) left.emplace_back(name, static_cast<int64_t>(count));
  }
  return left;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Role>> MakeSipUserAgentRole(RoleContext& context,
                                                           const scenario::SipUserAgent& config) {
  auto role = std::make_unique<SipUserAgentRole>(context, config);
  if (absl::Status s = role->Open(static_cast<uint16_t>(config.port())); !s.ok()) return s;
  return role;
}

}  // namespace tickwire
