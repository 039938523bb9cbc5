#include "topologies/build/roles/sip_server_role.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/message/sip_uri.h"
#include "protocols/sip/profile/product_profile.h"
#include "protocols/sip/proxy/sip_server.h"
#include "protocols/sip/registrar/reg_event_package.h"
#include "protocols/sip/ua/user_agent.h"
#include "topologies/build/literal_values.h"
#include "topologies/build/locators.h"
#include "topologies/build/roles/sip_streams.h"

namespace tickwire {
namespace {

// Where the user agent beside a registrar serves the event package "reg".
constexpr uint16_t kRegEventPort = 5062;

using Totals = std::vector<std::pair<std::string, int64_t>>;

uint32_t SecondsOf(const std::string& text) {
  return static_cast<uint32_t>(DurationOf(text) / Duration::Seconds(1));
}

std::optional<Duration> UnlessNever(const std::string& text) {
  const Duration duration = DurationOf(text);
  if (duration == Duration::Infinite()) return std::nullopt;
  return duration;
}

sip::ServerMode ModeOf(scenario::SipServer::Mode mode) {
  switch (mode) {
    case scenario::SipServer::STATELESS:
      return sip::ServerMode::kStateless;
    case scenario::SipServer::REDIRECT:
      return sip::ServerMode::kRedirect;
    default:
      return sip::ServerMode::kStateful;
  }
}

sip::OverloadPolicy OverloadOf(scenario::SipServer::Overload overload) {
  switch (overload) {
    case scenario::SipServer::RETRY_AFTER:
      return sip::OverloadPolicy::kRetryAfter;
    case scenario::SipServer::LOSS:
      return sip::OverloadPolicy::kLoss;
    case scenario::SipServer::RATE:
      return sip::OverloadPolicy::kRate;
    default:
      return sip::OverloadPolicy::kNone;
  }
}

sip::ProxyConfig ProxyConfigOf(const scenario::SipServer& role) {
  sip::ProxyConfig proxy;
  proxy.fork_mode = role.fork() == scenario::SipServer::PARALLEL ? sip::ForkMode::kParallel
                    : role.fork() == scenario::SipServer::SERIAL ? sip::ForkMode::kSerial
                                                                 : sip::ForkMode::kByQ;
  switch (role.surplus_2xx()) {
    case scenario::SipServer::DROP_AFTER_FIRST:
      proxy.surplus = sip::SurplusPolicy::kDropAfterFirst;
      break;
    case scenario::SipServer::ACK_AND_BYE:
      proxy.surplus = sip::SurplusPolicy::kAckAndBye;
      break;
    default:
      proxy.surplus = sip::SurplusPolicy::kForwardAll;
      break;
  }
  proxy.records_route = !role.no_record_route();
  proxy.record_route_host = role.record_route_host();
  proxy.detects_loops = !role.no_loop_detection();
  proxy.recurses_on_redirect = role.recurse();
  proxy.forwards_503 = role.forward_503();
  proxy.sends_trying_at_once = !role.late_trying();
  proxy.timer_c = DurationOf(role.timer_c());
  proxy.no_answer_after = UnlessNever(role.no_answer_after());
  proxy.max_breadth = role.max_breadth();
  proxy.rejects_beyond_breadth = role.reject_beyond_breadth();
  return proxy;
}

sip::RegistrarConfig RegistrarConfigOf(const scenario::SipRegistrar& role) {
  sip::RegistrarConfig registrar;
  registrar.min_expires = SecondsOf(role.min_expires());
  registrar.default_expires = SecondsOf(role.default_expires());
  registrar.max_expires = SecondsOf(role.max_expires());
  registrar.raises_short_expires = role.raise_short_expires();
  for (const std::string& user : role.user()) registrar.users.insert(user);
  for (const std::string& uri : role.service_route()) registrar.service_route.push_back(uri);
  registrar.demands_path_support = !role.allow_unsupported_path();
  registrar.offers_gruu = !role.no_gruu();
  registrar.allows_third_party = role.allow_third_party();
  return registrar;
}

sip::DigestServerConfig DigestConfigOf(const scenario::SipServer& server) {
  const scenario::SipDigest& role = server.digest();
  sip::DigestServerConfig digest;
  digest.realm = !role.realm().empty()      ? role.realm()
                 : server.domain_size() > 0 ? server.domain(0)
                                            : "realm";
  if (role.algorithm_size() > 0) digest.algorithms.clear();
  for (const int algorithm : role.algorithm()) {
    switch (algorithm) {
      case scenario::SipDigest::MD5:
        digest.algorithms.push_back(sip::DigestAlgorithm::kMd5);
        break;
      case scenario::SipDigest::MD5_SESS:
        digest.algorithms.push_back(sip::DigestAlgorithm::kMd5Sess);
        break;
      case scenario::SipDigest::SHA_256_SESS:
        digest.algorithms.push_back(sip::DigestAlgorithm::kSha256Sess);
        break;
      case scenario::SipDigest::SHA_512_256:
        digest.algorithms.push_back(sip::DigestAlgorithm::kSha512_256);
        break;
      case scenario::SipDigest::SHA_512_256_SESS:
        digest.algorithms.push_back(sip::DigestAlgorithm::kSha512_256Sess);
        break;
      default:
        digest.algorithms.push_back(sip::DigestAlgorithm::kSha256);
        break;
    }
  }
  digest.offers_auth = role.qop() == scenario::SipDigest::AUTH ||
                       role.qop() == scenario::SipDigest::AUTH_AND_AUTH_INT;
  digest.offers_auth_int = role.qop() == scenario::SipDigest::AUTH_INT ||
                           role.qop() == scenario::SipDigest::AUTH_AND_AUTH_INT;
  digest.hashes_usernames = role.hash_usernames();
  digest.nonce_lifetime = DurationOf(role.nonce_lifetime());
  return digest;
}

// A node's name, or a URI: as a URI.
std::string UriOf(const RoleContext& context, const std::string& text) {
  const scenario::Node* const node = context.scenario_node(text);
  return node == nullptr ? text : absl::StrCat(SipUriOf(*node, context.addresses_of), ";lr");
}

absl::StatusOr<sip::SipServerConfig> ConfigOf(const RoleContext& context,
                                              const scenario::SipServer& role) {
  const std::string& node = context.host.node.name();
  sip::SipServerConfig config;
  config.mode = ModeOf(role.mode());
  config.me.addresses = context.addresses_of(node);
  config.me.names = {node};
  if (!role.record_route_host().empty()) config.me.names.push_back(role.record_route_host());
  for (const std::string& domain : role.domain()) config.me.domains.push_back(domain);
  config.me.port = static_cast<uint16_t>(role.port());
  config.transport = SipTransportConfigOf(role.transport());
  for (const TransportKind kind : sip::kSipTransports) {
    if (kind == TransportKind::kUdp || !config.transport.transports.Has(kind)) continue;
    const uint16_t port = sip::PortFor(kind, config.me.port, config.transport);
    if (port != config.me.port) config.me.more_ports.push_back({kind, port});
  }
  config.proxy = ProxyConfigOf(role);
  const sip::ProductProfile& profile = ProfileOf(static_cast<sip::Product>(role.profile()));
  config.timers = profile.timers;
  if (role.profile() != scenario::PROFILE_RFC) config.proxy.timer_c = profile.timer_c;
  config.timers.t1 = DurationOf(role.t1());
  config.timers.t2 = DurationOf(role.t2());
  config.timers.t4 = DurationOf(role.t4());
  config.timers.d = DurationOf(role.timer_d());
  config.is_registrar = role.has_registrar();
  if (role.has_registrar() && role.domain_size() > 0) {
    const IpAddress address = context.address_of(node);
    config.reg_event_server = ToString(Endpoint{address, kRegEventPort});
  }
  if (role.has_registrar()) {
    config.registrar = RegistrarConfigOf(role.registrar());
    config.registrar.raises_short_expires |= profile.raises_short_expires;
    config.locations.max_contacts = role.registrar().max_contacts();
  }
  config.work.service_time = DurationOf(role.service_time());
  config.work.cheap_time =
      role.refusal_time().empty() ? config.work.service_time / 5 : DurationOf(role.refusal_time());
  config.work.capacity = role.queue();
  config.overload = OverloadOf(role.overload());
  config.retry_after = SecondsOf(role.retry_after());
  config.proxy.obeys_overload_control = role.obey_overload_control();
  config.adds_path = role.add_path();
  config.sends_to_source = role.send_to_source();
  for (const scenario::SipNextHop& next : role.next_hop()) {
    config.next_hops.push_back({next.domain(), UriOf(context, next.to()), !next.without_route()});
    if (!sip::SipUri::Parse(config.next_hops.back().uri).has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat("next_hop: \"", next.to(), "\" is neither a node nor a SIP URI"));
    }
  }
  for (const scenario::SipPlace& place : role.place()) {
    const std::string uri =
        place.where_case() == scenario::SipPlace::kNode
            ? SipUriOf(*context.scenario_node(place.node()), context.addresses_of)
            : place.uri();
    if (!sip::SipUri::Parse(uri).has_value()) {
      return absl::InvalidArgumentError(absl::StrCat("place: \"", uri, "\" is no SIP URI"));
    }
    config.places.push_back({place.user(), uri, static_cast<uint16_t>(ThousandthsOf(place.q()))});
  }
  if (role.has_digest()) {
    config.digest = DigestConfigOf(role);
    for (const scenario::SipAccount& user : role.digest().user()) {
      config.passwords.push_back({user.name(), user.password()});
    }
    config.authenticates_register = !role.digest().open_registrar();
    config.authenticates_others = role.digest().challenge_calls();
    config.authenticates_within_dialogs = role.digest().challenge_within_dialogs();
    config.authenticates_strangers = role.digest().challenge_strangers();
  }
  return config;
}

class SipServerRole : public Role {
 public:
  SipServerRole(RoleContext& context, sip::SipServerConfig config, std::string domain,
                std::unique_ptr<SipStreams> streams)
      : streams_(std::move(streams)),
        server_({.clock = context.host.node.clock(),
                 .sockets = context.host.udp,
                 .locator = context.locator(),
                 .seed = context.host.seed(),
                 .streams = &streams_->stack()},
                std::move(config)),
        context_(context),
        domain_(std::move(domain)),
        address_(context.address_of(context.host.node.name())) {}
  absl::Status Open(uint16_t port) {
    if (absl::Status s = server_.Open({IpAddress(), port}); !s.ok()) return s;
    if (absl::Status s = streams_->ConnectAtStart(server_.transport()); !s.ok()) return s;
    if (server_.config().reg_event_server.empty()) return absl::OkStatus();
    sip::UserAgentConfig config;
    config.name = "reg";
    config.domain = domain_;
    config.address = address_;
    reg_agent_ =
        std::make_unique<sip::UserAgent>(sip::UserAgent::Env{.clock = context_.host.node.clock(),
                                                             .sockets = context_.host.udp,
                                                             .seed = context_.host.seed(),
                                                             .locator = &context_.locator()},
                                         config);
    reg_event_ = std::make_unique<sip::RegEventPackage>(context_.host.node.clock(),
                                                        server_.locations(), *reg_agent_, domain_);
    reg_agent_->AddPackage(*reg_event_);
    server_.registrar().set_observer(reg_event_.get());
    return reg_agent_->Open({IpAddress(), kRegEventPort});
  }

  Totals Counters() const override {
    const sip::ProxyCore::Counters& proxy = server_.core().counters();
    const sip::Registrar::Counters& registrar = server_.registrar().counters();
    Totals totals{
        {"sip requests proxied", static_cast<int64_t>(proxy.requests)},
        {"sip branches", static_cast<int64_t>(proxy.forwarded)},
        {"sip surplus dialogs ended by the proxy", static_cast<int64_t>(proxy.surplus_ended)},
        {"sip registrations accepted", static_cast<int64_t>(registrar.accepted)},
        {"sip registrations rejected", static_cast<int64_t>(registrar.rejected)},
        {"sip messages lost to a full queue",
         static_cast<int64_t>(server_.counters().lost_to_full_queue)},
        {"sip requests refused with 503",
         static_cast<int64_t>(server_.counters().refused_503 + proxy.throttled)},
        {"sip bindings", static_cast<int64_t>(server_.locations().binding_count())}};
    for (auto& total : streams_->Counters(server_.transport())) totals.push_back(std::move(total));
    return totals;
  }
  Totals Leftovers() const override {
    Totals left;
    if (server_.context_count() != 0) {
      left.emplace_back("sip response contexts", static_cast<int64_t>(server_.context_count()));
    }
    if (server_.transaction_count() != 0) {
      left.emplace_back("sip transactions", static_cast<int64_t>(server_.transaction_count()));
    }
    if (const size_t count = SipStreams::ConnectionCount(server_.transport()); count != 0) {
      left.emplace_back("sip connections", static_cast<int64_t>(count));
    }
    if (reg_agent_ != nullptr && reg_agent_->subscription_count() != 0) {
      left.emplace_back("sip subscriptions",
                        static_cast<int64_t>(reg_agent_->subscription_count()));
    }
    return left;
  }

 private:
  std::unique_ptr<SipStreams> streams_;
  sip::SipServer server_;
  RoleContext& context_;
  std::string domain_;
  IpAddress address_;
  std::unique_ptr<sip::UserAgent> reg_agent_;  // null without a registrar
  std::unique_ptr<sip::RegEventPackage> reg_event_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Role>> MakeSipServerRole(RoleContext& context,
                                                        const scenario::SipServer& config) {
  absl::StatusOr<sip::SipServerConfig> server = ConfigOf(context, config);
  if (!server.ok()) return server.status();
  // Whom its certificate is for: its domains and itself.
  std::vector<std::string> names(config.domain().begin(), config.domain().end());
  if (!config.record_route_host().empty()) names.push_back(config.record_route_host());
  const std::string& name = context.host.node.name();
  names.push_back(name);
  for (const IpAddress& address : context.addresses_of(name)) names.push_back(address.ToString());
  auto streams = SipStreams::Make(context, config.transport(), "server", std::move(names));
  if (!streams.ok()) return streams.status();
  auto role = std::make_unique<SipServerRole>(context, *std::move(server),
                                              config.domain_size() > 0 ? config.domain(0) : "",
                                              *std::move(streams));
  if (absl::Status s = role->Open(static_cast<uint16_t>(config.port())); !s.ok()) return s;
  return role;
}

}  // namespace tickwire
