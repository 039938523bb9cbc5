#include "protocols/sip/proxy/proxy_core.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/proxy/loop_check.h"
#include "protocols/sip/proxy/proxy_labels.h"
#include "protocols/sip/proxy/response_context.h"
#include "protocols/sip/proxy/route_rules.h"
#include "protocols/sip/proxy/surplus_answer.h"
#include "protocols/sip/transport/size_rule.h"
#include "sim_core/base/clear_in_order.h"
#include "sim_core/trace/digest.h"

namespace tickwire::sip {
namespace {

constexpr TraceLabel kAbandonTimer{"gives a non-INVITE up", "RFC 4320 4.2"};
// Stateless messages that may wait for the locator at a time; beyond, they are dropped.
constexpr size_t kMaxLocating = 10'000;
// Surplus dialogs that are remembered for a repetition of their ACK; the oldest is forgotten.
constexpr size_t kMaxSurplus = 10'000;

}  // namespace

ProxyCore::ProxyCore(const Env& env, ProxyConfig config, absl::string_view owner)
    : env_(env),
      config_(std::move(config)),
      entity_(env.clock.trace().NewEntity(absl::StrCat("proxy ", owner))),
      branch_texts_(Rng::ForStream(env.seed, owner, "sip.branch")),
      tags_(Rng::ForStream(env.seed, owner, "sip.tag")),
      own_routes_(env.transport, config_),
      throttle_(env.seed, owner),
      abandon_(env_.clock, *this, kAbandonTimer, entity_) {}

ProxyCore::~ProxyCore() { ClearInOrder(contexts_); }  // they use the rest

void ProxyCore::Note(const TraceLabel& what, absl::string_view text) {
  if (env_.clock.trace().is_watched()) env_.clock.trace().Note(entity_, what, text);
}

// --- Texts. ---

// 60 random bits as 12 letters and digits.
static std::string TokenFrom(Rng& rng) {
  constexpr char kAlphabet[] = "0123456789abcdefghijklmnopqrstuv";
  uint64_t bits = rng.Next64();
  std::string token(12, '\0');
  for (char& c : token) {
    c = kAlphabet[bits & 31];
    bits >>= 5;
  }
  return token;
}

std::string ProxyCore::NewToken() { return TokenFrom(branch_texts_); }
std::string ProxyCore::NewTag() { return TokenFrom(tags_); }

SipMessage ProxyCore::MakeOwnResponse(const SipMessage& request, int status) {
  SipMessage response = StartResponse(request, status, NewTag());
  if (!config_.product.empty()) response.AddRaw(Server::kName, config_.product);
  response.Add(ContentLength{0});
  return response;
}

// MODEL: the overload parameters that the client put into its own Via stay there (RFC 7339 §5.6
// would have them taken off): nobody behind us looks at that Via.
void ProxyCore::AddVia(SipMessage& request, const Hop& towards, absl::string_view branch) {
  const absl::string_view sent_by = env_.transport.SentBy(towards);
  Via via;
  via.transport = ViaName(towards.transport);
  via.host = sent_by.substr(0, sent_by.rfind(':'));
  via.port = env_.transport.port(towards.transport);
  via.params.Set("branch", branch);
  if (config_.obeys_overload_control) {
    via.params.Set("oc", "");
    via.params.Set("oc-algo", kOverloadAlgorithms);
  }
  request.Prepend(via);
}

// --- Requests. ---

void ProxyCore::Forward(ServerTransaction& server, SipMessage&& request, std::string loop_hash,
                        std::vector<Target> targets, bool is_responsible) {
  TW_CHECK(!targets.empty());
  ++counters_.requests;
  // §16.6 item 3. Zero never gets here.
  const std::optional<MaxForwards> hops = request.Get<MaxForwards>();
  request.Set(
      MaxForwards{hops.has_value() ? static_cast<uint8_t>(hops->hops - 1) : MaxForwards{}.hops});
  // RFC 5393 §5.3.3.
  const std::optional<MaxBreadth> breadth = request.Get<MaxBreadth>();
  const uint32_t incoming = std::clamp<uint32_t>(
      breadth.has_value() ? breadth->branches : config_.max_breadth, 1, config_.max_breadth);
  if (config_.sends_trying_at_once && server.method() == Method::kInvite) {
    server.Respond(MakeResponse(server.request(), 100));
  }
  const uint64_t id = ++last_id_;
  server.set_context(id);
  auto made = std::make_unique<ResponseContext>(*this, id, server, std::move(request),
                                                std::move(loop_hash), incoming, is_responsible);
  ResponseContext& context = *made;
  contexts_.emplace(id, std::move(made));
  context.Start(std::move(targets));
  Settle(id);
}

bool ProxyCore::Cancel(ServerTransaction& invite, const SipMessage& cancel) {
  const auto found = contexts_.find(invite.context());
  if (found == contexts_.end()) return false;
  ResponseContext& context = *found->second;
  context.Cancel(cancel.GetRaw<Reason>().value_or(""));  // RFC 3326 §3
  Settle(context.id());
  return true;
}

void ProxyCore::ForwardStatelessly(SipMessage&& request, const Target& target,
                                   const std::string& loop_hash) {
  const std::string next_hop = NextHopUri(request, target);
  // §16.11: a function of what does not change when the request is repeated.
  const std::optional<Via> via = request.Get<Via>();
  std::string unique;
  if (via.has_value() && via->branch().has_value() &&
      EqualsIgnoreCase(via->branch()->substr(0, kMagicCookie.size()), kMagicCookie)) {
    unique = absl::StrCat(*via->branch(), " ", via->host, " ", via->port_or_default());
  } else {
    const std::optional<CSeq> cseq = request.Get<CSeq>();
    unique =
        absl::StrCat(request.GetRaw<Via>().value_or(""), " ", request.GetRaw<From>().value_or(""),
                     " ", request.GetRaw<CallId>().value_or(""), " ",
                     cseq.has_value() ? cseq->number : 0, " ", request.request_uri());
  }
  const uint64_t hash = StableHash64(absl::string_view(unique));
  const std::string branch =
      MakeBranch(absl::StrCat(kStatelessMark, absl::Hex(hash, absl::kZeroPad16)), loop_hash);
  const std::optional<MaxForwards> hops = request.Get<MaxForwards>();
  request.Set(
      MaxForwards{hops.has_value() ? static_cast<uint8_t>(hops->hops - 1) : MaxForwards{}.hops});
  ApplyTarget(request, target);
  if (target.flow.has_value()) {
    Hop hop = *target.flow;
    hop.connection = 0;  // nobody would hear that it is gone
    SendStateless(std::move(request), hop, branch);
    return;
  }
  // The ticket decides among servers of equal standing (RFC 3263 §4.4), so it is that hash.
  std::vector<Hop> hops_found;
  if (locating_.contains(hash)) return;  // a repetition of what is being located
  if (env_.locator.Locate(next_hop, env_.transport.transports(), hops_found, *this, hash)) {
    if (hops_found.empty()) {
      Note(proxy_labels::kNowhere, next_hop);
    } else {
      SendStateless(std::move(request), hops_found[0], branch);
    }
    return;
  }
  if (locating_.size() >= kMaxLocating) {
    env_.locator.Forget(*this, hash);
    Note(proxy_labels::kNowhere, next_hop);
    return;
  }
  locating_.emplace(hash, std::pair(std::move(request), branch));
}

void ProxyCore::OnLocated(uint64_t ticket, std::span<const Hop> hops) {
  const auto found = locating_.find(ticket);
  TW_CHECK(found != locating_.end());
  SipMessage request = std::move(found->second.first);
  const std::string branch = std::move(found->second.second);
  locating_.erase(found);
  if (hops.empty()) {
    Note(proxy_labels::kNowhere, request.start_line());
    return;
  }
  SendStateless(std::move(request), hops[0], branch);
}

void ProxyCore::SendStateless(SipMessage&& request, const Hop& hop, absl::string_view branch) {
  own_routes_.AddPath(request, hop);
  own_routes_.AddRecordRoute(request, hop);
  AddVia(request, hop, branch);
  const Hop fit = FitRequest(env_.transport, request, hop);
  const bool is_ack = request.method() == Method::kAck;
  if (is_ack) {
    ++counters_.acks;
    throttle_.Count(hop.remote, env_.clock.now());
  }
  Note(is_ack ? proxy_labels::kAckForwarded : proxy_labels::kForwardedStatelessly,
       request.start_line());
  env_.transport.Send(fit, request.Wire());
}

// --- From the transaction layer. ---

ResponseContext* ProxyCore::FindContext(uint64_t branch) {
  const auto found = branches_.find(branch);
  return found == branches_.end() ? nullptr : found->second;
}

bool ProxyCore::Admits(const Hop& hop, const SipMessage& request) {
  const bool is_within_dialog = request.Get<To>()->tag().has_value();
  if (throttle_.Admits(hop.remote, is_within_dialog, env_.clock.now())) return true;
  ++counters_.throttled;
  Note(proxy_labels::kThrottled, ToString(hop.remote));
  return false;
}

void ProxyCore::OnResponse(ClientTransaction& transaction, const SipMessage& response) {
  const Endpoint& server = transaction.hop().remote;
  throttle_.OnResponse(server);
  if (config_.obeys_overload_control) {
    const std::optional<Via> via = response.Get<Via>();
    const auto feedback = via.has_value() ? OverloadFeedback::Of(*via) : std::nullopt;
    if (feedback.has_value()) throttle_.OnFeedback(server, *feedback, env_.clock.now());
  }
  if (response.status() == 503) {  // §16.7 item 6, §21.5.4
    if (const std::optional<RetryAfter> retry = response.Get<RetryAfter>()) {
      throttle_.OnRetryAfter(server, Duration::Seconds(retry->seconds), env_.clock.now());
    }
  }
  ResponseContext* const context = FindContext(transaction.context());
  if (context == nullptr) return;  // CANCEL, or BYE of a surplus dialog
  context->OnResponse(transaction.context(), transaction, response);
  Settle(context->id());
}

void ProxyCore::OnTimeout(ClientTransaction& transaction) {
  if (config_.obeys_overload_control) {
    throttle_.OnTimeout(transaction.hop().remote, env_.clock.now());
  }
  if (ResponseContext* const context = FindContext(transaction.context())) {
    context->OnTimeout(transaction.context());
  }
}

void ProxyCore::OnTransportError(ClientTransaction& transaction) {
  if (ResponseContext* const context = FindContext(transaction.context())) {
    context->OnTransportError(transaction.context());
  }
}

void ProxyCore::OnTerminated(ClientTransaction& transaction) {
  ResponseContext* const context = FindContext(transaction.context());
  if (context == nullptr) return;
  std::erase_if(surplus_,
                [&](const Surplus& surplus) { return surplus.branch == transaction.context(); });
  context->OnClientTerminated();
  Settle(context->id());
}

void ProxyCore::OnTerminated(ServerTransaction& transaction) {
  const auto found = contexts_.find(transaction.context());
  if (found == contexts_.end()) return;
  found->second->OnServerTerminated();
  Settle(found->first);
}

void ProxyCore::Settle(uint64_t id) {
  const auto found = contexts_.find(id);
  if (found != contexts_.end() && found->second->is_over()) contexts_.erase(found);
}

uint64_t ProxyCore::NewBranchId(ResponseContext& context) {
  const uint64_t id = ++last_id_;
  branches_.emplace(id, &context);
  return id;
}

void ProxyCore::AbandonLater(const std::string& server_key) {
  abandoned_.push_back(server_key);
  if (!abandon_.is_set()) abandon_.Set(Duration());
}

void ProxyCore::OnAbandon() {
  for (const std::string& key : std::exchange(abandoned_, {})) {
    if (ServerTransaction* const server = env_.table.FindServer(key)) server->Abandon();
  }
}

// --- Surplus dialogs. ---

void ProxyCore::EndSurplus(uint64_t branch, ClientTransaction& invite, const SipMessage& success) {
  const std::optional<To> to = success.Get<To>();
  const std::string tag(to.has_value() ? to->tag().value_or("") : "");
  for (const Surplus& known : surplus_) {
    if (known.branch != branch || known.to_tag != tag) continue;
    env_.transport.Send(known.hop, known.ack);  // §13.2.2.4: each copy is acknowledged
    return;
  }
  std::optional<SurplusAnswer> answer = MakeSurplusAnswer(invite.request(), success);
  if (!answer.has_value()) {
    Note(proxy_labels::kSurplusDropped, success.start_line());
    return;
  }
  // MODEL: where the locator has no answer at once, both go where the INVITE went.
  std::vector<Hop> hops;
  const uint64_t ticket = ++last_id_;
  if (!env_.locator.Locate(SecuredAs(answer->next_hop, answer->bye.request_uri()),
                           env_.transport.transports(), hops, *this, ticket)) {
    env_.locator.Forget(*this, ticket);
  }
  const Hop hop = hops.empty() ? invite.hop() : hops[0];
  Note(proxy_labels::kSurplusEnded, success.start_line());
  ++counters_.surplus_ended;
  const std::string no_loop = LoopHash(answer->bye);
  AddVia(answer->ack, hop, MakeBranch(NewToken(), no_loop));
  AddVia(answer->bye, hop, MakeBranch(NewToken(), no_loop));
  if (surplus_.size() >= kMaxSurplus) surplus_.erase(surplus_.begin());
  const Hop ack_hop = FitRequest(env_.transport, answer->ack, hop);
  const Hop bye_hop = FitRequest(env_.transport, answer->bye, hop);
  surplus_.push_back({branch, tag, std::move(answer->ack).TakeWire(), ack_hop});
  env_.transport.Send(ack_hop, surplus_.back().ack);
  env_.table.Start(std::move(answer->bye), bye_hop);
}

}  // namespace tickwire::sip
