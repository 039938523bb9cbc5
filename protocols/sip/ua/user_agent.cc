// What arrives, and who gets it.
#include "protocols/sip/ua/user_agent.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "sim_core/base/clear_in_order.h"

namespace tickwire::sip {
namespace {

// What merged requests have in common: From tag, Call-ID, CSeq.
void MakeMergeKey(const SipMessage& request, std::string& key) {
  const std::optional<From> from = request.Get<From>();
  key.clear();
  absl::StrAppend(&key, from.has_value() ? from->tag().value_or("") : "", " ",
                  request.GetRaw<CallId>().value_or(""), " ", request.GetRaw<CSeq>().value_or(""));
}

std::string StreamOwner(const NodeTrace& trace, const UserAgentConfig& config) {
  return absl::StrCat(trace.node_name(), "/", config.name);
}

constexpr absl::string_view kAllow =
    "INVITE, ACK, CANCEL, OPTIONS, BYE, PRACK, UPDATE, INFO, MESSAGE, REFER, SUBSCRIBE, NOTIFY";

std::string SupportedOf(const UserAgentConfig& config) {
  std::string tags;
  if (config.reliability != Reliability::kNone) absl::StrAppend(&tags, "100rel");
  if (config.session_timer.is_supported) absl::StrAppend(&tags, tags.empty() ? "" : ", ", "timer");
  return tags;
}

}  // namespace

UserAgent::UserAgent(const Env& env, const UserAgentConfig& config)
    : clock_(env.clock),
      below_{env.sockets, env.streams, env.locator},
      locator_(env.locator),
      config_(config),
      allow_(kAllow),
      supported_(SupportedOf(config)),
      branches_(Rng::ForStream(env.seed, StreamOwner(clock_.trace(), config), "sip.branch")),
      tags_(Rng::ForStream(env.seed, StreamOwner(clock_.trace(), config), "sip.tag")),
      call_ids_(Rng::ForStream(env.seed, StreamOwner(clock_.trace(), config), "sip.call_id")),
      pauses_(Rng::ForStream(env.seed, StreamOwner(clock_.trace(), config), "sip.pause")),
      transport_(env.clock, *this, config.name),
      table_(MakeTransactionLayer()),
      entity_(clock_.trace().NewEntity(absl::StrCat("sip agent ", config.name))),
      timer_failures_(env.clock, *this, labels::kTimerNowhere, entity_) {
  pager_ = std::make_unique<Pager>(*this);
  if (!config_.digest.passwords.empty()) {
    digest_ = std::make_unique<DigestClient>(
        config_.digest,
        Rng::ForStream(env.seed, StreamOwner(clock_.trace(), config), "sip.cnonce"));
  }
}

UserAgent::~UserAgent() {
  // Requests name their owners, and usages the table: in this order.
  ClearInOrder(calls_);
  subscribers_.clear();
  notifiers_.clear();
  registrations_.clear();
  publishers_.clear();
  pager_.reset();
  ClearInOrder(requests_);
  ClearInOrder(referrals_);
}

absl::Status UserAgent::Open(const Endpoint& local) {
  return transport_.Open(below_, local, config_.transport);
}

// --- From the transport layer. ---

void UserAgent::OnRequest(SipMessage&& request, const Hop& reply_to) {
  if (config_.behaviour.ignores_requests) {
    trace().Note({}, labels::kIgnoredByBehaviour, request.start_line());
    return;
  }
  const EventScope scope(*this);
  table_->OnRequest(std::move(request), reply_to);
}

void UserAgent::OnResponse(const SipMessage& response) {
  const EventScope scope(*this);
  table_->OnResponse(response);
}

void UserAgent::OnTransportError(const Hop& hop) {
  const EventScope scope(*this);
  table_->OnTransportError(hop);
}

void UserAgent::OnUndelivered(const Hop& hop, absl::string_view wire) {
  const EventScope scope(*this);
  table_->OnUndelivered(hop, wire);
}

// --- From client transactions. ---

OutgoingRequest* UserAgent::FindRequest(uint64_t id) {
  const auto found = requests_.find(id);
  return found == requests_.end() ? nullptr : found->second.get();
}

void UserAgent::OnResponse(ClientTransaction& transaction, const SipMessage& response) {
  const EventScope scope(*this);
  OutgoingRequest* const request = FindRequest(transaction.context());
  // A CANCEL, or an attempt whose request is long answered: nobody waits.
  if (request == nullptr || request->transaction() != &transaction) return;
  request->OnResponse(response);
}

void UserAgent::OnTimeout(ClientTransaction& transaction) {
  const EventScope scope(*this);
  OutgoingRequest* const request = FindRequest(transaction.context());
  if (request == nullptr || request->transaction() != &transaction) return;
  request->OnFailure(RequestFailure::kTimeout);
}

void UserAgent::OnTransportError(ClientTransaction& transaction) {
  const EventScope scope(*this);
  OutgoingRequest* const request = FindRequest(transaction.context());
  if (request == nullptr || request->transaction() != &transaction) return;
  request->OnFailure(RequestFailure::kTransportError);
}

void UserAgent::OnTerminated(ClientTransaction& transaction) {
  const EventScope scope(*this);
  OutgoingRequest* const request = FindRequest(transaction.context());
  if (request != nullptr && request->OnTerminated(transaction)) requests_.erase(request->id());
}

OutgoingRequest& UserAgent::SendRequest(SipMessage&& message, Destination&& destination,
                                        RequestOwner& owner, uint64_t context) {
  const uint64_t id = ++last_request_;
  auto made = std::make_unique<OutgoingRequest>(*this, owner, id, context);
  OutgoingRequest& request = *made;
  requests_.emplace(id, std::move(made));
  request.Start(std::move(message), std::move(destination));
  return request;
}

ClientTransaction& UserAgent::StartTransaction(SipMessage&& request, const Hop& hop, uint64_t id) {
  return table_->Start(std::move(request), hop, id);
}

void UserAgent::AbandonTransaction(const ClientTransaction& transaction) {
  if (ClientTransaction* const found = table_->FindClient(transaction.key())) found->Abandon();
}

void UserAgent::EraseRequest(uint64_t id) {
  const auto found = requests_.find(id);
  if (found == requests_.end()) return;
  const std::unique_ptr<OutgoingRequest> request = std::move(found->second);
  requests_.erase(found);
}

void UserAgent::FailLater(uint64_t id) {
  failures_.push_back(id);
  if (!timer_failures_.is_set()) timer_failures_.Set(Duration());
}

void UserAgent::OnTimerFailures() {
  const EventScope scope(*this);
  for (const uint64_t id : std::exchange(failures_, {})) {
    if (OutgoingRequest* const request = FindRequest(id)) {
      request->OnFailure(RequestFailure::kNowhere);
    }
  }
}

// §22.2, §22.3.
bool UserAgent::AddCredentials(const SipMessage& request, const SipMessage& challenge,
                               SipMessage& repetition) {
  if (digest_ == nullptr) return false;
  if (digest_->OnChallenge(request, challenge) != DigestClient::Verdict::kRetry) return false;
  digest_->Authorize(repetition);
  return true;
}

void UserAgent::PrepareCredentials(SipMessage& request) {
  if (digest_ != nullptr && digest_->has_challenges()) digest_->Authorize(request);
}

void UserAgent::OnCredentialsAccepted(const SipMessage& request, const SipMessage& response) {
  if (digest_ != nullptr) digest_->OnAccepted(request, response);
}

// --- From server transactions. ---

void UserAgent::OnRequest(ServerTransaction& transaction) {
  const EventScope scope(*this);
  const SipMessage& request = transaction.request();
  if (request.method() == Method::kCancel) {
    OnCancel(transaction);
    return;
  }
  if (RejectUnsupported(transaction)) return;
  if (request.Get<To>()->tag().has_value()) {
    OnRequestWithinDialog(transaction);
    return;
  }
  if (RejectTarget(transaction) || RejectMerged(transaction)) return;
  switch (request.method()) {
    case Method::kInvite:
      OnInvite(transaction);
      return;
    case Method::kRefer:
      OnRefer(nullptr, transaction);
      return;
    case Method::kSubscribe:
      OnSubscribe(transaction);
      return;
    case Method::kPublish:
      OnPublish(transaction);
      return;
    default:
      RespondOutsideSession(transaction);
      return;
  }
}

void UserAgent::OnRequestWithinDialog(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  DialogEntry* const entry = dialogs_.Find(request);
  if (entry == nullptr) {  // §12.2.2: no such dialog
    if (request.method() == Method::kNotify) {
      OnNotifyOutside(transaction);
      return;
    }
    Respond(transaction, 481);
    return;
  }
  // §12.2.2: out of order is answered 500.
  if (entry->dialog.ObserveRemoteNumber(request.Get<CSeq>()->number) == Dialog::Order::kTooLow) {
    Respond(transaction, 500);
    return;
  }
  if (DialogUsage* const usage = entry->UsageFor(request)) {
    usage->OnRequest(transaction);
    return;
  }
  // RFC 5057 §5: the dialog is there, the usage is not. RFC 6665 §4.1.3 wants 481 for NOTIFY.
  if (request.method() == Method::kBye || request.method() == Method::kNotify) {
    Respond(transaction, 481);
  } else {
    RespondOutsideSession(transaction);
  }
}

bool UserAgent::IsOptionKnown(absl::string_view tag) const {
  if (tag == "100rel") return config_.reliability != Reliability::kNone;
  if (tag == "timer") return config_.session_timer.is_supported;
  return tag == "replaces";
}

// §8.2.2.3: whoever requires an extension that is not here gets its name back.
bool UserAgent::RejectUnsupported(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  if (!request.Has<Require>()) return false;
  std::vector<std::string> unknown;
  for (const Require& require : request.GetAll<Require>()) {
    if (!IsOptionKnown(require.option_tag)) unknown.emplace_back(require.option_tag);
  }
  if (unknown.empty()) return false;
  SipMessage response = StartResponse(request, 420, NewTag());
  for (const std::string& tag : unknown) response.Add(Unsupported{tag});
  response.Add(ContentLength{0});
  transaction.Respond(std::move(response));
  return true;
}

// §8.2.2.1: an address of a kind that is not understood, or of somebody else.
bool UserAgent::RejectTarget(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  const std::optional<SipUri> uri = SipUri::Parse(request.request_uri());
  if (!uri.has_value()) {
    Respond(transaction, IsUri(request.request_uri()) ? 416 : 400);
    return true;
  }
  if (!config_.refuses_other_users || uri->user.empty()) return false;
  if (uri->user == absl::string_view(config_.user)) return false;
  for (const std::string& identity : config_.identities) {
    if (uri->user == absl::string_view(identity)) return false;
  }
  Respond(transaction, 404);
  return true;
}

// §8.2.2.2: the same request under another branch was forked on its way and met here again.
bool UserAgent::RejectMerged(ServerTransaction& transaction) {
  MakeMergeKey(transaction.request(), scratch_);
  const auto [found, is_new] = merges_.try_emplace(scratch_, transaction.key());
  if (is_new) return false;
  Respond(transaction, 482);
  return true;
}

const ServerTransaction* UserAgent::FindMerged(const SipMessage& request) {
  MakeMergeKey(request, scratch_);
  const auto found = merges_.find(scratch_);
  return found == merges_.end() ? nullptr : table_->FindServer(found->second);
}

// §20.1, §21.4.7: a caller that takes no session description cannot be answered with one. An Accept
// that lists nothing takes nothing.
bool UserAgent::RejectUnacceptable(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  if (!request.Has<Accept>()) return false;
  for (const Accept& accept : request.GetAll<Accept>()) {
    if (accept.Is("application", "sdp") || accept.Is("application", "*") || accept.Is("*", "*")) {
      return false;
    }
  }
  Respond(transaction, 406);
  return true;
}

void UserAgent::OnInvite(ServerTransaction& transaction) {
  if (RejectUnacceptable(transaction)) return;
  ++counters_.received;
  Call& call = NewCall(CallRole::kCalled, std::string(transaction.request().Get<CallId>()->id));
  transaction.set_context(call.handle().value);
  call.OnInvite(transaction);
}

void UserAgent::OnCancel(ServerTransaction& transaction) {
  const SipMessage& cancel = transaction.request();
  ServerTransaction* const invite = table_->FindCancelled(cancel);
  if (invite == nullptr) {  // §9.2
    Respond(transaction, 481);
    return;
  }
  Call* const call = FindByContext(invite->context());
  // §9.2: the answer to the CANCEL has the To tag of the answer to the INVITE.
  transaction.Respond(MakeResponse(cancel, 200, call != nullptr ? call->local_tag() : NewTag()));
  if (call != nullptr) call->OnCancel();
}

void UserAgent::OnAck(ServerTransaction*, const SipMessage& ack) {
  const EventScope scope(*this);
  DialogEntry* const entry = dialogs_.Find(ack);
  DialogUsage* const usage = entry == nullptr ? nullptr : entry->UsageFor(ack);
  if (usage == nullptr) {
    trace().Note({}, labels::kStrayAck, ack.start_line());
    return;
  }
  usage->OnAck(ack);
}

// §17.2.1: no ACK to a failure: the call has ended already. §18.4: a response that did not get
// through will be asked for again, or time out.
void UserAgent::OnTimeout(ServerTransaction&) {}
void UserAgent::OnTransportError(ServerTransaction&) {}

void UserAgent::OnTerminated(ServerTransaction& transaction) {
  MakeMergeKey(transaction.request(), scratch_);
  const auto found = merges_.find(scratch_);
  if (found != merges_.end() && found->second == transaction.key()) merges_.erase(found);
}

}  // namespace tickwire::sip
