#include "protocols/sip/proxy/sip_server.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/proxy/loop_check.h"
#include "protocols/sip/proxy/proxy_labels.h"
#include "protocols/sip/proxy/request_source.h"
#include "protocols/sip/proxy/route_rules.h"
#include "protocols/sip/registrar/address_of_record.h"
#include "protocols/sip/registrar/qvalue.h"

namespace tickwire::sip {
namespace {

// What an OPTIONS to the server itself is told (§11.2); a proxy forwards any method.
constexpr absl::string_view kAllowed =
    "INVITE, ACK, CANCEL, OPTIONS, BYE, REGISTER, SUBSCRIBE, NOTIFY, PUBLISH, REFER, MESSAGE, "
    "INFO, "
    "PRACK, UPDATE";

constexpr TraceLabel kQueueFull{"message lost", "the queue of the server is full"};

RegistrarConfig WithDomains(RegistrarConfig config, const ServerIdentity& me) {
  config.domains = me.domains;
  return config;
}

// How the sender of this request is reached the way that it came: over UDP at its source, else by
// its connection, and when that is gone at the port that it listens at.
Hop FlowOf(const ServerTransaction& transaction) {
  const Hop& hop = transaction.hop();
  return hop.is_reliable() ? hop : SourceOf(transaction.request());
}

// The identity knows the ports that the transport layer listens at.
SipServerConfig WithPorts(SipServerConfig config) {
  const auto add = [&](TransportKind transport, uint16_t port) {
    if (config.transport.transports.Has(transport) && port != 0) {
      config.me.more_ports.push_back({transport, port});
    }
  };
  const uint16_t secure_port = static_cast<uint16_t>(config.me.port + 1);
  add(TransportKind::kTls, secure_port);
  add(TransportKind::kTlsSctp, secure_port);
  add(TransportKind::kWs, config.transport.websocket_port);
  add(TransportKind::kWss, config.transport.secure_websocket_port);
  return config;
}

ProxyConfig WithPath(ProxyConfig config, bool adds_path) {
  config.adds_path = adds_path;
  return config;
}

}  // namespace

SipServer::SipServer(const Env& env, SipServerConfig config)
    : clock_(env.clock),
      below_{env.sockets, env.streams, &env.locator},
      locator_(env.locator),
      config_(WithPorts(std::move(config))),
      owner_(absl::StrCat(clock_.trace().node_name(), "/", config_.name)),
      transport_(env.clock, *this, config_.name),
      table_(env.clock, *this, *this, config_.timers),
      core_({clock_, table_, transport_, locator_, config_.me, env.seed},
            WithPath(config_.proxy, config_.adds_path), owner_),
      locations_(env.clock, config_.locations, config_.name),
      registrar_(env.clock, locations_, WithDomains(config_.registrar, config_.me), env.seed,
                 owner_),
      entity_(clock_.trace().NewEntity(absl::StrCat("server ", config_.name))),
      queue_(clock_, *this, entity_, config_.work) {
  if (config_.overload == OverloadPolicy::kLoss || config_.overload == OverloadPolicy::kRate) {
    OverloadMonitor::Config monitor;
    monitor.algorithm = config_.overload == OverloadPolicy::kLoss ? OverloadAlgorithm::kLoss
                                                                  : OverloadAlgorithm::kRate;
    monitor_.emplace(clock_, queue_, entity_, monitor);
  }
  if (config_.digest.has_value()) {
    digest_.emplace(*config_.digest, env.seed, owner_);
    for (const SipServerConfig::User& user : config_.passwords) {
      digest_->AddUser(user.name, user.password);
    }
  }
  for (const SipServerConfig::Place& place : config_.places) {
    for (const std::string& domain : config_.me.domains) {
      registrar_.AddPermanent(absl::StrCat(place.user, "@", domain), place.contact, place.q);
    }
  }
}

SipServer::~SipServer() = default;

absl::Status SipServer::Open(const Endpoint& local) {
  return transport_.Open(below_, local, config_.transport);
}

// --- From the transport layer. ---

void SipServer::OnRequest(SipMessage&& request, const Hop& reply_to) {
  if (!queue_.is_in_use()) {
    ProcessRequest(std::move(request), reply_to);
    return;
  }
  if (monitor_.has_value()) monitor_->OnRequest(SourceOf(request).remote);
  const bool is_cheap = IsToBeRefused(request);
  Enqueue({std::move(request), reply_to, is_cheap});
}

void SipServer::OnResponse(const SipMessage& response) {
  if (!queue_.is_in_use()) {
    ProcessResponse(response);
    return;
  }
  if (monitor_.has_value()) monitor_->OnResponse();
  Enqueue({response, Hop{}});
}

void SipServer::Enqueue(WorkQueue::Item item) {
  if (queue_.size() < config_.work.capacity) {
    queue_.Push(std::move(item));
    return;
  }
  ++counters_.lost_to_full_queue;
  clock_.trace().Note(entity_, kQueueFull, item.message.start_line());
}

// What is worth refusing: a request that starts something new (§21.5.4).
bool SipServer::IsToBeRefused(const SipMessage& request) const {
  return config_.overload == OverloadPolicy::kRetryAfter &&
         queue_.size() * 2 >= config_.work.capacity && request.method() != Method::kAck &&
         request.method() != Method::kCancel && !request.Get<To>()->tag().has_value();
}

void SipServer::OnWork(WorkQueue::Item&& item) {
  if (item.message.is_response()) {
    ProcessResponse(item.message);
  } else if (item.is_cheap) {
    // Without a transaction: a repetition is refused again, or not.
    ++counters_.refused_503;
    SipMessage response = StartResponse(item.message, 503, core_.NewTag());
    response.Add(RetryAfter{config_.retry_after});
    response.Add(ContentLength{0});
    transport_.Send(item.reply_to, response.Wire());
  } else {
    ProcessRequest(std::move(item.message), item.reply_to);
  }
}

// RFC 7339 §5.2: the value goes into the Via of the client that offered to obey it.
void SipServer::Send(const Hop& hop, absl::string_view wire) {
  if (!monitor_.has_value() || !absl::StartsWith(wire, "SIP/2.0 ")) {
    transport_.Send(hop, wire);
    return;
  }
  SipMessage response = SipMessage::Parse(std::string(wire)).message;
  std::optional<Via> via = response.Get<Via>();
  const OverloadFeedback feedback = monitor_->FeedbackNow();
  if (via.has_value() && OffersOverloadControl(*via, feedback.algorithm)) {
    const std::string value = absl::StrCat(feedback.value);
    const std::string algorithm = Quote(OverloadAlgorithmName(feedback.algorithm));
    const std::string validity = absl::StrCat(feedback.validity / Duration::Millis(1));
    const std::string sequence = feedback.SequenceText();
    via->params.Set("oc", value);
    via->params.Set("oc-algo", algorithm);
    via->params.Set("oc-validity", validity);
    via->params.Set("oc-seq", sequence);
    response.ReplaceFirst(*via);
  }
  transport_.Send(hop, response.Wire());
}

void SipServer::ProcessRequest(SipMessage&& request, const Hop& reply_to) {
  // A CANCEL of which nothing is known is passed on without state (§16.10).
  const bool is_stray_cancel =
      request.method() == Method::kCancel && table_.FindCancelled(request) == nullptr;
  const bool is_stateless = config_.mode == ServerMode::kStateless && !IsForRegistrar(request);
  if (is_stray_cancel || is_stateless) {
    ProcessStatelessly(std::move(request), reply_to);
    return;
  }
  table_.OnRequest(std::move(request), reply_to);
}

void SipServer::ProcessResponse(const SipMessage& response) {
  const std::optional<Via> via = response.Get<Via>();
  const absl::string_view branch = via.has_value() ? via->branch().value_or("") : "";
  if (absl::StartsWith(branch, absl::StrCat(kMagicCookie, kStatelessMark))) {
    ForwardResponseStatelessly(response);
    return;
  }
  table_.OnResponse(response);
}

void SipServer::OnTransportError(const Hop& hop) { table_.OnTransportError(hop); }
void SipServer::OnUndelivered(const Hop& hop, absl::string_view wire) {
  table_.OnUndelivered(hop, wire);
}

// --- From the transaction layer. ---

void SipServer::OnResponse(ClientTransaction& transaction, const SipMessage& response) {
  core_.OnResponse(transaction, response);
}
void SipServer::OnTimeout(ClientTransaction& transaction) { core_.OnTimeout(transaction); }
void SipServer::OnTransportError(ClientTransaction& transaction) {
  core_.OnTransportError(transaction);
}
void SipServer::OnTerminated(ClientTransaction& transaction) { core_.OnTerminated(transaction); }
void SipServer::OnTerminated(ServerTransaction& transaction) { core_.OnTerminated(transaction); }

void SipServer::OnRequest(ServerTransaction& transaction) {
  if (transaction.method() == Method::kCancel) {
    OnCancel(transaction);
  } else {
    Process(transaction);
  }
}

// §16.10: at once 200, then all branches are cancelled.
void SipServer::OnCancel(ServerTransaction& transaction) {
  ServerTransaction* const invite = table_.FindCancelled(transaction.request());
  if (invite == nullptr) {
    transaction.Respond(core_.MakeOwnResponse(transaction.request(), 481));
    return;
  }
  transaction.Respond(core_.MakeOwnResponse(transaction.request(), 200));
  core_.Cancel(*invite, transaction.request());
}

void SipServer::Process(ServerTransaction& transaction) {
  std::string loop_hash = LoopHash(transaction.request());
  if (auto refusal = Check(transaction.request(), loop_hash)) {
    transaction.Respond(*std::move(refusal));
    return;
  }
  SipMessage request = transaction.request();
  PreprocessRoutes(request, config_.me);
  std::string user;
  if (auto challenge = Authenticate(request, user)) {
    transaction.Respond(*std::move(challenge));
    return;
  }
  if (auto answer = AnswerOurselves(request, user, FlowOf(transaction))) {
    transaction.Respond(*std::move(answer));
    return;
  }
  Targets found = FindTargets(request);
  if (found.status != 0) {
    transaction.Respond(core_.MakeOwnResponse(request, found.status));
    return;
  }
  if (config_.mode == ServerMode::kRedirect && found.is_responsible) {
    transaction.Respond(Redirect(request, found.targets));
    return;
  }
  core_.Forward(transaction, std::move(request), std::move(loop_hash), std::move(found.targets),
                found.is_responsible);
}

// An ACK to a 2xx, or one whose transaction is over.
void SipServer::OnAck(ServerTransaction*, const SipMessage& ack) {
  const std::string loop_hash = LoopHash(ack);
  SipMessage request = ack;
  if (!Check(ack, loop_hash).has_value()) {
    PreprocessRoutes(request, config_.me);
    const Targets found = FindTargets(request);
    if (found.status == 0) {
      core_.ForwardStatelessly(std::move(request), found.targets.front(), loop_hash);
      return;
    }
  }
  core_.Note(proxy_labels::kAckDropped, ack.start_line());
}

// --- Checks. ---

std::optional<SipMessage> SipServer::Check(const SipMessage& request,
                                           const std::string& loop_hash) {
  // §16.3 item 2.
  const std::optional<SipUri> uri = SipUri::Parse(request.request_uri());
  if (!uri.has_value()) {
    return core_.MakeOwnResponse(request, IsUri(request.request_uri()) ? 416 : 400);
  }
  // Item 3. An OPTIONS that may go no further is answered here (§11).
  if (request.Has<MaxForwards>()) {
    const std::optional<MaxForwards> hops = request.Get<MaxForwards>();
    if (!hops.has_value()) return core_.MakeOwnResponse(request, 400);
    if (hops->hops == 0 && request.method() == Method::kOptions) {
      SipMessage response = StartResponse(request, 200, core_.NewTag());
      response.AddRaw(Allow::kName, kAllowed);
      response.Add(ContentLength{0});
      return response;
    }
    const bool is_for_us = request.method() == Method::kRegister && config_.me.IsMe(*uri);
    if (hops->hops == 0 && !is_for_us) {
      return core_.MakeOwnResponse(request, 483);
    }
  }
  // Item 4, as of RFC 5393 §4.2.
  if (config_.proxy.detects_loops && HasLooped(request, loop_hash, config_.me)) {
    return core_.MakeOwnResponse(request, 482);
  }
  // Item 5: no extension of proxies is known here.
  if (request.Has<ProxyRequire>()) {
    SipMessage response = StartResponse(request, 420, core_.NewTag());
    for (const ProxyRequire& require : request.GetAll<ProxyRequire>()) {
      response.Add(Unsupported{require.option_tag});
    }
    response.Add(ContentLength{0});
    return response;
  }
  return std::nullopt;
}

std::optional<SipMessage> SipServer::Challenge(const SipMessage& request, DigestSide side,
                                               const DigestServer::Verdict& verdict) {
  using Kind = DigestServer::Kind;
  if (verdict.kind == Kind::kAccepted) return std::nullopt;
  if (verdict.kind == Kind::kMalformed) return core_.MakeOwnResponse(request, 400);
  SipMessage response =
      StartResponse(request, side == DigestSide::kUser ? 401 : 407, core_.NewTag());
  digest_->AddChallenges(response, side, verdict.kind == Kind::kStale, clock_.now());
  response.Add(ContentLength{0});
  return response;
}

std::optional<SipMessage> SipServer::Authenticate(SipMessage& request, std::string& user) {
  if (!digest_.has_value()) return std::nullopt;
  if (IsForRegistrar(request)) {
    if (!config_.authenticates_register) return std::nullopt;
    const auto verdict = digest_->Check(request, DigestSide::kUser, clock_.now());
    user = verdict.username;
    return Challenge(request, DigestSide::kUser, verdict);
  }
  if (request.Get<To>()->tag().has_value() && !config_.authenticates_within_dialogs) {
    return std::nullopt;
  }
  const std::optional<SipUri> from = request.Get<From>()->sip_uri();
  const bool is_our_user = from.has_value() && config_.me.IsOurDomain(from->host);
  if (!(is_our_user ? config_.authenticates_others : config_.authenticates_strangers)) {
    return std::nullopt;
  }
  const auto verdict = digest_->Check(request, DigestSide::kProxy, clock_.now());
  if (auto challenge = Challenge(request, DigestSide::kProxy, verdict)) return challenge;
  // Nobody speaks in another user's name (§26.3.2.2).
  if (is_our_user && verdict.username != UserOfAor(CanonicalAor(*from))) {
    return core_.MakeOwnResponse(request, 403);
  }
  // §22.3: the credentials for this realm have done their work.
  std::vector<std::string> others;
  for (const ProxyAuthorization& credentials : request.GetAll<ProxyAuthorization>()) {
    if (credentials.params.Text("realm") == digest_->config().realm) continue;
    std::string text;
    credentials.AppendTo(text);
    others.push_back(std::move(text));
  }
  request.Remove<ProxyAuthorization>();
  for (const std::string& text : others) request.AddRaw(ProxyAuthorization::kName, text);
  return std::nullopt;
}

// --- What is for this server. ---

bool SipServer::IsForRegistrar(const SipMessage& request) const {
  if (request.method() != Method::kRegister || !config_.is_registrar) return false;
  const std::optional<SipUri> uri = SipUri::Parse(request.request_uri());
  return uri.has_value() && uri->user.empty() && config_.me.IsMe(*uri);
}

std::optional<SipMessage> SipServer::AnswerOurselves(const SipMessage& request,
                                                     const std::string& user, const Hop& source) {
  if (IsForRegistrar(request)) {
    return registrar_.Process(request, source, user, core_.NewTag());
  }
  const std::optional<SipUri> uri = SipUri::Parse(request.request_uri());
  if (!uri.has_value() || !uri->user.empty() || !config_.me.IsMe(*uri)) return std::nullopt;
  if (FindNextHop(uri->host) != nullptr) return std::nullopt;
  if (request.method() == Method::kOptions) {  // §11.2
    SipMessage response = StartResponse(request, 200, core_.NewTag());
    response.AddRaw(Allow::kName, kAllowed);
    response.Add(ContentLength{0});
    return response;
  }
  // A server has no use for other methods.
  SipMessage response = StartResponse(request, 405, core_.NewTag());
  response.AddRaw(Allow::kName, config_.is_registrar ? "REGISTER, OPTIONS" : "OPTIONS");
  response.Add(ContentLength{0});
  return response;
}

const SipServerConfig::NextHop* SipServer::FindNextHop(absl::string_view host) const {
  for (const SipServerConfig::NextHop& next : config_.next_hops) {
    if (absl::EqualsIgnoreCase(next.domain, host)) return &next;
    if (next.domain == "." && !config_.me.IsOurDomain(host)) return &next;
  }
  return nullptr;
}

SipServer::Targets SipServer::FindTargets(const SipMessage& request) const {
  Targets found;
  const std::optional<SipUri> uri = SipUri::Parse(request.request_uri());
  if (!uri.has_value()) {
    found.status = 416;
    return found;
  }
  Target target;
  target.uri = std::string(request.request_uri());
  const bool is_ours = config_.me.IsMe(*uri);
  const SipServerConfig::NextHop* const next = FindNextHop(uri->host);
  if (next != nullptr && !request.Has<Route>()) {
    if (next->pushes_route) {
      target.route = {next->uri};
    } else {
      target.next_hop = next->uri;
    }
    found.targets = {std::move(target)};
    return found;
  }
  if (!is_ours) {
    found.targets = {std::move(target)};
    return found;
  }
  found.is_responsible = true;
  if (uri->user.empty()) {  // nobody but us is there
    found.status = 404;
    return found;
  }
  if (!config_.reg_event_server.empty() && request.method() == Method::kSubscribe) {
    const std::optional<tickwire::sip::Event> event = request.Get<tickwire::sip::Event>();
    if (event.has_value() && event->package == "reg") {
      // It listens for UDP alone.
      const bool says_udp = transport_.transports().preferred() != TransportKind::kUdp;
      target.uri = absl::StrCat("sip:", uri->user, "@", config_.reg_event_server,
                                says_udp ? ";transport=udp" : "");
      found.targets = {std::move(target)};
      return found;
    }
  }
  const Registrar::Lookup lookup = registrar_.Find(*uri);
  found.status = lookup.status;
  // RFC 5627 §6.1: within a dialog the routes are known already.
  const bool keeps_path = !(lookup.is_gruu && request.Has<Route>());
  for (const Binding* binding : lookup.bindings) {
    Target one;
    one.uri = binding->contact;
    one.q = binding->q;
    if (keeps_path) one.route = binding->path;
    if (config_.sends_to_source && one.route.empty() && !binding->is_permanent) {
      one.flow = binding->source;
    }
    one.is_only_for_gone = lookup.is_gruu && !found.targets.empty();
    found.targets.push_back(std::move(one));
  }
  return found;
}

// §8.3.
SipMessage SipServer::Redirect(const SipMessage& request, const std::vector<Target>& targets) {
  SipMessage response = StartResponse(request, 302, core_.NewTag());
  for (const Target& target : targets) {
    std::string value = absl::StrCat("<", target.uri, ">");
    if (target.q != 1000) absl::StrAppend(&value, ";q=", QValueText(target.q));
    response.AddRaw(Contact::kName, value);
  }
  response.Add(ContentLength{0});
  return response;
}

// --- Without state (§16.11). ---

void SipServer::ProcessStatelessly(SipMessage&& request, const Hop& reply_to) {
  const std::string loop_hash = LoopHash(request);
  bool is_answered = Check(request, loop_hash).has_value();
  SipMessage copy = request;
  Targets found;
  if (!is_answered) {
    PreprocessRoutes(copy, config_.me);
    const std::optional<SipUri> uri = SipUri::Parse(copy.request_uri());
    is_answered = uri.has_value() && uri->user.empty() && config_.me.IsMe(*uri);
    found = FindTargets(copy);
    is_answered |= found.status != 0;
  }
  if (!is_answered) {
    // The first of the most preferred ones: the same for each repetition.
    const auto target =
        std::max_element(found.targets.begin(), found.targets.end(),
                         [](const Target& a, const Target& b) { return a.q < b.q; });
    core_.ForwardStatelessly(std::move(copy), *target, loop_hash);
  } else if (request.method() == Method::kAck) {
    core_.Note(proxy_labels::kAckDropped, request.start_line());
  } else {
    // §8.2.7: repetitions must get the same answer; a transaction sees to that.
    table_.OnRequest(std::move(request), reply_to);
  }
}

void SipServer::ForwardResponseStatelessly(const SipMessage& response) {
  SipMessage copy = response;
  copy.RemoveFirst<Via>();
  const std::optional<Via> via = copy.Get<Via>();
  const std::optional<Hop> target = via.has_value() ? ResponseHop(*via) : std::nullopt;
  if (!target.has_value()) {
    core_.Note(proxy_labels::kResponseDropped, response.start_line());
    return;
  }
  transport_.Send(*target, copy.Wire());
}

}  // namespace tickwire::sip
