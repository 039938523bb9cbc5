#include "topologies/build/roles/sip_user_agent_role.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "protocols/sip/body/pidf.h"
#include "protocols/sip/body/sip_frag.h"
#include "topologies/build/literal_values.h"
#include "topologies/build/locators.h"
#include "topologies/build/roles/sip_user_agent_config.h"

namespace tickwire {
namespace {

using Totals = std::vector<std::pair<std::string, int64_t>>;

constexpr TraceLabel kRegisterAt{"register", "the scenario registers then"};

// Incoming calls that a scenario may speak of.
constexpr uint64_t kMostNamed = 1000;

// A presentity that nobody publishes: closed (RFC 3856 §6.7 wants a neutral state).
std::string NeutralPresence(absl::string_view user, const std::string& domain) {
  sip::Pidf pidf;
  pidf.entity = absl::StrCat("pres:", user, "@", domain.empty() ? "localhost" : domain);
  pidf.tuples.push_back({.id = "none", .is_open = false});
  return pidf.ToString();
}

Rng StreamOf(const RoleContext& context, absl::string_view purpose) {
  return Rng::ForStream(context.host.seed(), absl::StrCat(context.host.node.name(), "/ua"),
                        purpose);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Role>> SipUserAgentRole::Make(RoleContext& context,
                                                             const scenario::SipUserAgent& config) {
  const std::string& name = context.host.node.name();
  std::vector<std::string> names = {name};
  for (const IpAddress& address : context.addresses_of(name)) names.push_back(address.ToString());
  auto streams = SipStreams::Make(context, config.transport(), "ua", std::move(names));
  if (!streams.ok()) return streams.status();
  auto role = std::make_unique<SipUserAgentRole>(context, config, *std::move(streams));
  if (absl::Status s = role->Start(); !s.ok()) return s;
  return role;
}

SipUserAgentRole::SipUserAgentRole(RoleContext& context, const scenario::SipUserAgent& config,
                                   std::unique_ptr<SipStreams> streams)
    : context_(context),
      config_(config),
      entity_(context.host.node.trace().NewEntity("sip user")),
      streams_(std::move(streams)),
      agent_({.clock = context.host.node.clock(),
              .sockets = context.host.udp,
              .seed = context.host.seed(),
              .locator = &context.locator(),
              .streams = &streams_->stack()},
             [&] {
               sip::UserAgentConfig c = UserAgentConfigOf(context.host.node.name(), config);
               c.address = context.address_of(context.host.node.name());
               return c;
             }()),
      timer_register_(context.host.node.clock(), *this, kRegisterAt, entity_) {
  agent_.set_observer(this);
}

SipUserAgentRole::~SipUserAgentRole() = default;

absl::Status SipUserAgentRole::Start() {
  const auto port = static_cast<uint16_t>(config_.port());
  if (absl::Status s = agent_.Open({IpAddress(), port}); !s.ok()) return s;
  if (absl::Status s = streams_->ConnectAtStart(agent_.transport()); !s.ok()) return s;
  if (config_.has_media()) {
    media_ = std::make_unique<SipMediaStreams>(context_, config_.media().mute());
  }
  if (config_.has_answer() && config_.answer().transfer_to().empty() &&
      UnlessNever(config_.answer().transfer_after())) {
    return absl::InvalidArgumentError("`transfer_after` needs `transfer_to`");
  }
  if (config_.has_register_()) {
    const auto options = RegistrationOf(context_.host.node.name(), config_);
    if (!options.ok()) return options.status();
    registration_ = &agent_.AddRegistration(*options);
    timer_register_.Set(DurationOf(config_.register_().at()));
  }
  if (config_.has_presence_server()) {
    const scenario::SipPresenceServer& server = config_.presence_server();
    sip::CompositorConfig compositor;
    compositor.default_expires = SecondsOf(server.expires());
    compositor.least_expires = SecondsOf(server.least());
    compositor.resources.assign(server.user().begin(), server.user().end());
    compositor.forbidden.assign(server.forbidden().begin(), server.forbidden().end());
    compositor.pending.assign(server.pending().begin(), server.pending().end());
    compositor.neutral_state = [this](absl::string_view user) {
      return NeutralPresence(user, config_.domain());
    };
    presence_ = std::make_unique<sip::EventStateCompositor>(agent_, std::move(compositor),
                                                            StreamOf(context_, "sip.entity_tag"));
    agent_.AddPackage(*presence_);
  }
  for (const scenario::SipGenerator& generator : config_.generate()) {
    const std::string rank = generators_.empty() ? "" : absl::StrCat(".", generators_.size());
    generators_.push_back(
        {generator, std::make_unique<sip::CallGenerator>(
                        context_.host.node.clock(), entity_, *this, GeneratorOf(generator),
                        StreamOf(context_, absl::StrCat("sip.arrivals", rank)),
                        StreamOf(context_, absl::StrCat("sip.holding", rank)))});
    generators_.back().generator->Start();
  }
  return absl::OkStatus();
}

void SipUserAgentRole::OnTimerRegister() {
  const sip::UserAgent::EventScope scope(agent_);
  registration_->Register();
}

std::string SipUserAgentRole::UriOf(const std::string& name) const {
  return SipUriOf(*context_.scenario_node(name), [this](absl::string_view node) {
    return std::vector<IpAddress>{context_.address_of(node)};
  });
}

sip::CallHandle SipUserAgentRole::Place(const sip::CallOptions& options,
                                        std::unique_ptr<SipCallPlan> plan) {
  SipCallPlan& started = *plan;
  is_placing_ = true;
  const sip::CallHandle handle = agent_.PlaceCall(options);
  is_placing_ = false;
  plans_[handle] = std::move(plan);
  started.Start(handle);
  return handle;
}

void SipUserAgentRole::OnArrival(sip::CallGenerator& generator, uint64_t number,
                                 std::optional<Duration> holding) {
  for (const Generator& known : generators_) {
    if (known.generator.get() != &generator) continue;
    sip::CallOptions options;
    if (known.config.has_uri()) {
      options.target = absl::StrReplaceAll(
          known.config.uri(), {{"{n}", absl::StrCat(1 + number % known.config.targets())}});
    } else {
      options.target = UriOf(known.config.to());
    }
    const std::vector<std::string>& identities = agent_.config().identities;
    if (!identities.empty()) options.user = identities[number % identities.size()];
    SipCallWishes wishes;
    wishes.hang_up_after = holding;
    Place(options, std::make_unique<SipCallPlan>(agent_, entity_, std::move(wishes)));
    return;
  }
}

void SipUserAgentRole::OnOffer(sip::UserAgent&, const sip::Call& call,
                               const sip::Negotiation& offer) {
  if (media_ != nullptr) media_->OnOffer(call, offer);
}

void SipUserAgentRole::OnMedia(sip::UserAgent&, const sip::Call& call,
                               const sip::InviteUsage& usage) {
  if (media_ != nullptr) media_->OnMedia(call, usage);
}

void SipUserAgentRole::OnCallState(sip::UserAgent&, const sip::Call& call) {
  if (media_ != nullptr) media_->OnCallState(call);
  auto it = plans_.find(call.handle());
  if (it == plans_.end()) {
    if (call.state() == sip::CallState::kEnded) return;
    // The scenario may speak of it, and wants things of it.
    if (call.role() == sip::CallRole::kCaller) {
      // By a REFER; the first one has the name.
      if (!is_placing_) named_.try_emplace("referred", call.handle());
      return;
    }
    if (call.handle() <= last_incoming_) return;  // known
    last_incoming_ = call.handle();
    if (++incoming_ <= kMostNamed) {
      named_[incoming_ == 1 ? "incoming" : absl::StrCat("incoming", incoming_)] = call.handle();
    }
    if (!config_.has_answer()) return;
    const scenario::SipAnswer& answer = config_.answer();
    SipCallWishes wishes;
    wishes.hold_after = UnlessNever(answer.hold_after());
    wishes.resume_after = UnlessNever(answer.resume_after());
    wishes.transfer_after = UnlessNever(answer.transfer_after());
    wishes.transfer_to = answer.transfer_to();
    if (!wishes.hold_after && !wishes.transfer_after) return;
    it = plans_
             .emplace(call.handle(),
                      std::make_unique<SipCallPlan>(agent_, entity_, std::move(wishes)))
             .first;
    it->second->Start(call.handle());
  }
  it->second->OnState(call.state());
  if (call.state() == sip::CallState::kEnded) plans_.erase(it);
}

void SipUserAgentRole::OnSubscription(sip::UserAgent&, const sip::Subscriber& subscriber) {
  if (subscriber.state() != sip::Subscriber::State::kTerminated) return;
  // A transfer that nobody reported on.
  if (transfers_.erase(subscriber.handle()) != 0) ++transfers_failed_;
}

void SipUserAgentRole::OnNotification(sip::UserAgent&, const sip::Subscriber& subscriber,
                                      const sip::SipMessage& notify) {
  ++notifications_;
  const auto transfer = transfers_.find(subscriber.handle());
  if (transfer == transfers_.end()) return;
  const std::optional<sip::SipFrag> frag = sip::SipFrag::Parse(notify.body());
  if (!frag.has_value() || frag->status < 200) return;
  const bool is_done = frag->status < 300;
  ++(is_done ? transfers_done_ : transfers_failed_);
  const sip::CallHandle call = transfer->second;
  transfers_.erase(transfer);
  if (is_done && config_.hangs_up_after_transfer()) agent_.HangUp(call);
}

void SipUserAgentRole::OnRegistration(sip::UserAgent&, const sip::Registration& registration) {
  if (registration.state() == sip::Registration::State::kFailed) ++registrations_failed_;
}

void SipUserAgentRole::OnAnswer(sip::UserAgent&, const sip::Call*,
                                const sip::SipMessage& response) {
  ++(response.status() < 300 ? requests_answered_ : requests_refused_);
}

void SipUserAgentRole::OnRequest(sip::UserAgent&, const sip::Call*, const sip::SipMessage&) {
  ++messages_received_;
}

Totals SipUserAgentRole::Counters() const {
  const sip::UserAgent::Counters& c = agent_.counters();
  Totals totals{{"sip calls placed", static_cast<int64_t>(c.placed)},
                {"sip calls received", static_cast<int64_t>(c.received)},
                {"sip calls answered", static_cast<int64_t>(c.placed_and_answered)},
                {"sip calls not answered", static_cast<int64_t>(c.placed_and_failed)},
                {"sip 2xx repeated", static_cast<int64_t>(c.successes_repeated)},
                {"sip ACKs repeated", static_cast<int64_t>(c.acks_repeated)}};
  const std::pair<const char*, uint64_t> rare[] = {
      {"sip repetitions guessed", c.guessed_repetitions},
      {"sip ghost calls", c.ghost_calls},
      {"sip surplus dialogs", c.surplus},
      {"sip requests answered", requests_answered_},
      {"sip requests refused", requests_refused_},
      {"sip messages received", messages_received_},
      {"sip notifications", notifications_},
      {"sip transfers done", transfers_done_},
      {"sip transfers failed", transfers_failed_},
      {"sip registrations failed", registrations_failed_},
      {"sip requests that no address was found for", c.nowhere}};
  for (const auto& [name, count] : rare) {
    if (count != 0) totals.emplace_back(name, static_cast<int64_t>(count));
  }
  if (media_ != nullptr) media_->AddCounters(totals);
  for (auto& total : streams_->Counters(agent_.transport())) totals.push_back(std::move(total));
  return totals;
}

Totals SipUserAgentRole::Leftovers() const {
  Totals left;
  if (media_ != nullptr && media_->live_streams() != 0) {
    left.emplace_back("media streams", static_cast<int64_t>(media_->live_streams()));
  }
  const std::pair<const char*, size_t> all[] = {
      {"sip calls", agent_.live_calls()},
      {"sip dialogs", agent_.dialog_count()},
      {"sip transactions", agent_.transaction_count()},
      {"sip requests", agent_.request_count()},
      {"sip subscriptions", agent_.subscription_count()},
      {"sip call records", agent_.record_count()},
      {"sip connections", SipStreams::ConnectionCount(agent_.transport())}};
  for (const auto& [name, count] : all) {
    if (count != 0) left.emplace_back(name, static_cast<int64_t>(count));
  }
  return left;
}

}  // namespace tickwire
