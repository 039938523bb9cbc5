#include "protocols/sip/ua/user_agent.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"

namespace tickwire::sip {
namespace {

constexpr absl::string_view kAllowed = "INVITE, ACK, CANCEL, OPTIONS, BYE";

// 60 random bits as 12 letters and digits (§19.3 asks for 32 at least).
std::string Token(Rng& rng) {
  constexpr char kAlphabet[] = "0123456789abcdefghijklmnopqrstuv";
  uint64_t bits = rng.Next64();
  std::string token(12, '\0');
  for (char& c : token) {
    c = kAlphabet[bits & 31];
    bits >>= 5;
  }
  return token;
}

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

}  // namespace

UserAgent::UserAgent(const Env& env, const UserAgentConfig& config)
    : clock_(env.clock),
      sockets_(env.sockets),
      config_(config),
      branches_(Rng::ForStream(env.seed, StreamOwner(clock_.trace(), config), "sip.branch")),
      tags_(Rng::ForStream(env.seed, StreamOwner(clock_.trace(), config), "sip.tag")),
      call_ids_(Rng::ForStream(env.seed, StreamOwner(clock_.trace(), config), "sip.call_id")),
      transport_(env.clock, *this, config.name),
      table_(env.clock, transport_, *this, config.timers) {}

UserAgent::~UserAgent() = default;

absl::Status UserAgent::Open(const Endpoint& local) { return transport_.Open(sockets_, local); }

// --- What the owner does. ---

CallHandle UserAgent::PlaceCall(absl::string_view target, const Endpoint& next_hop) {
  ++counters_.placed;
  Call& call = NewCall(CallRole::kCaller, NewCallId(next_hop));
  const CallHandle handle = call.handle();
  call.Place(target, Hop{next_hop});
  Settle(&call);
  return handle;
}

void UserAgent::Cancel(CallHandle handle) {
  if (Call* const call = FindByContext(handle.value)) {
    call->Cancel();
    Settle(call);
  }
}

void UserAgent::HangUp(CallHandle handle) {
  if (Call* const call = FindByContext(handle.value)) {
    call->HangUp();
    Settle(call);
  }
}

const Call* UserAgent::FindCall(CallHandle handle) const {
  const auto found = calls_.find(handle.value);
  return found == calls_.end() ? nullptr : found->second.get();
}

// --- From the transport layer. ---

void UserAgent::OnRequest(SipMessage&& request, const Hop& reply_to) {
  if (config_.behaviour.ignores_requests) {
    trace().Note({}, labels::kIgnoredByBehaviour, request.start_line());
    return;
  }
  table_.OnRequest(std::move(request), reply_to);
}

void UserAgent::OnResponse(const SipMessage& response) { table_.OnResponse(response); }

void UserAgent::OnTransportError(const Endpoint& remote) { table_.OnTransportError(remote); }

// --- From client transactions. ---

void UserAgent::OnResponse(ClientTransaction& transaction, const SipMessage& response) {
  Call* const call = FindByContext(transaction.context());
  if (call == nullptr) return;  // CANCEL, BYE of a surplus dialog, or long forgotten
  if (transaction.method() == Method::kInvite) {
    call->OnInviteResponse(transaction, response);
  } else if (response.status() >= 200) {
    call->OnByeFinished(labels::kByeAnswered);
  }
  Settle(call);
}

void UserAgent::OnTimeout(ClientTransaction& transaction) {
  const bool is_invite = transaction.method() == Method::kInvite;
  OnFailed(transaction, CallEnd::kNoResponse,
           is_invite ? labels::kNoAnswer : labels::kByeUnanswered);
}

void UserAgent::OnTransportError(ClientTransaction& transaction) {
  OnFailed(transaction, CallEnd::kNetworkError, labels::kNetworkError);
}

void UserAgent::OnFailed(ClientTransaction& transaction, CallEnd end, const TraceLabel& reason) {
  Call* const call = FindByContext(transaction.context());
  if (call == nullptr) return;
  if (transaction.method() == Method::kInvite) {
    call->OnInviteFailed(end, reason);
  } else {
    call->OnByeFinished(reason);
  }
  Settle(call);
}

void UserAgent::OnTerminated(ClientTransaction& transaction) {
  if (transaction.method() != Method::kInvite) return;
  Call* const call = FindByContext(transaction.context());
  if (call == nullptr) return;
  call->OnInviteTerminated();
  Settle(call);
}

// --- From server transactions. ---

void UserAgent::OnRequest(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  if (request.method() == Method::kCancel) {
    OnCancel(transaction);
    return;
  }
  if (RejectUnsupported(transaction)) return;
  if (request.Get<To>()->tag().has_value()) {
    Call* const call = FindByDialog(request);
    if (call == nullptr) {  // §12.2.2: no such dialog
      transaction.Respond(MakeResponse(request, 481));
      return;
    }
    transaction.set_context(call->handle().value);
    call->OnRequest(transaction);
    Settle(call);
    return;
  }
  // §8.2.2.1: an address of a kind that is not understood.
  if (!SipUri::Parse(request.request_uri()).has_value()) {
    const bool is_uri = IsUri(request.request_uri());
    transaction.Respond(MakeResponse(request, is_uri ? 416 : 400, NewTag()));
    return;
  }
  if (request.method() == Method::kInvite) {
    OnInvite(transaction);
  } else {
    OnOtherRequest(transaction);
  }
}

// §8.2.2.3: whoever requires an extension that is not here gets its name back. (None is here yet.)
bool UserAgent::RejectUnsupported(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  if (!request.Has<Require>()) return false;
  SipMessage response = StartResponse(request, 420, NewTag());
  for (const Require& require : request.GetAll<Require>()) {
    response.Add(Unsupported{require.option_tag});
  }
  response.Add(ContentLength{0});
  transaction.Respond(std::move(response));
  return true;
}

// §8.2.2.2: the same INVITE under another branch was forked on its way and met here again.
bool UserAgent::RejectMerged(ServerTransaction& transaction) {
  MakeMergeKey(transaction.request(), scratch_);
  const auto [found, is_new] = invites_.try_emplace(scratch_, transaction.key());
  if (is_new) return false;
  transaction.Respond(MakeResponse(transaction.request(), 482, NewTag()));
  return true;
}

void UserAgent::OnInvite(ServerTransaction& transaction) {
  if (RejectMerged(transaction)) return;
  ++counters_.received;
  Call& call = NewCall(CallRole::kCalled, std::string(transaction.request().Get<CallId>()->id));
  transaction.set_context(call.handle().value);
  call.OnInvite(transaction);
  Settle(&call);
}

void UserAgent::OnCancel(ServerTransaction& transaction) {
  const SipMessage& cancel = transaction.request();
  ServerInviteTransaction* const invite = table_.FindCancelled(cancel);
  if (invite == nullptr) {  // §9.2
    transaction.Respond(MakeResponse(cancel, 481, NewTag()));
    return;
  }
  Call* const call = FindByContext(invite->context());
  // §9.2: the answer to the CANCEL has the To tag of the answer to the INVITE.
  transaction.Respond(MakeResponse(cancel, 200, call != nullptr ? call->local_tag() : NewTag()));
  if (call == nullptr) return;  // already over
  call->OnCancel();
  Settle(call);
}

void UserAgent::OnOtherRequest(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  int status = 405;
  if (request.method() == Method::kOptions) status = 200;  // §11.2
  if (request.method() == Method::kBye) status = 481;      // §15.1.2
  if (request.method() == Method::kOther) status = 501;    // §21.5.2: not even recognised
  SipMessage response = StartResponse(request, status, NewTag());
  if (status != 481) AddAllow(response);
  AddProduct(response);
  response.Add(ContentLength{0});
  transaction.Respond(std::move(response));
}

void UserAgent::OnAck(ServerTransaction*, const SipMessage& ack) {
  Call* const call = FindByDialog(ack);
  if (call == nullptr || call->role() != CallRole::kCalled) {
    trace().Note({}, labels::kStrayAck, ack.start_line());
    return;
  }
  call->OnAck();
  Settle(call);
}

// §17.2.1: no ACK to a failure: the call has ended already. §18.4: a response that did not get
// through will be asked for again, or time out.
void UserAgent::OnTimeout(ServerTransaction&) {}
void UserAgent::OnTransportError(ServerTransaction&) {}

void UserAgent::OnTerminated(ServerTransaction& transaction) {
  if (transaction.method() != Method::kInvite) return;
  MakeMergeKey(transaction.request(), scratch_);
  const auto found = invites_.find(scratch_);
  if (found != invites_.end() && found->second == transaction.key()) invites_.erase(found);
}

// --- Calls. ---

Call* UserAgent::FindByContext(uint64_t context) {
  const auto found = calls_.find(context);
  return found == calls_.end() ? nullptr : found->second.get();
}

Call* UserAgent::FindByDialog(const SipMessage& request) {
  const std::optional<From> from = request.Get<From>();
  const std::optional<To> to = request.Get<To>();
  const std::optional<CallId> call_id = request.Get<CallId>();
  if (!from.has_value() || !to.has_value() || !call_id.has_value()) return nullptr;
  scratch_.clear();
  AppendDialogKey(call_id->id, to->tag().value_or(""), from->tag().value_or(""), scratch_);
  const auto found = dialogs_.find(scratch_);
  return found == dialogs_.end() ? nullptr : FindByContext(found->second);
}

Call& UserAgent::NewCall(CallRole role, std::string call_id) {
  const uint64_t handle = ++last_handle_;
  auto call = std::make_unique<Call>(*this, CallHandle{handle}, role, std::move(call_id), NewTag());
  return *calls_.emplace(handle, std::move(call)).first->second;
}

void UserAgent::Settle(Call* call) {
  const uint64_t handle = call->handle().value;
  if (call->TakeNews() && observer_ != nullptr) {
    observer_->OnCallState(*this, *call);
    call = FindByContext(handle);  // the observer may have ended it
  }
  if (call != nullptr && call->is_over()) calls_.erase(handle);
}

void UserAgent::CountEnd(const Call& call) {
  ++counters_.ended;
  ++(call.was_answered() ? counters_.answered : counters_.failed);
  if (call.role() == CallRole::kCaller && call.was_answered()) ++counters_.placed_and_answered;
}

void UserAgent::Register(const Dialog& dialog, CallHandle call) {
  std::string key;
  AppendDialogKey(dialog.call_id(), dialog.local_tag(), dialog.remote_tag(), key);
  dialogs_.emplace(std::move(key), call.value);
}

void UserAgent::Unregister(const Dialog& dialog) {
  scratch_.clear();
  AppendDialogKey(dialog.call_id(), dialog.local_tag(), dialog.remote_tag(), scratch_);
  dialogs_.erase(scratch_);
}

// --- Texts. ---

std::string UserAgent::NewTag() { return Token(tags_); }

std::string UserAgent::NewCallId(const Endpoint& remote) {
  const absl::string_view sent_by = transport_.SentBy(remote);
  return absl::StrCat(Token(call_ids_), "@", sent_by.substr(0, sent_by.rfind(':')));
}

std::string UserAgent::NewVia(const Endpoint& remote) {
  return absl::StrCat("SIP/2.0/UDP ", transport_.SentBy(remote), ";branch=", kMagicCookie,
                      Token(branches_), ";rport");
}

void UserAgent::AddContact(SipMessage& message, const Endpoint& remote) {
  message.AddRaw(Contact::kName,
                 absl::StrCat("<sip:", config_.user, config_.user.empty() ? "" : "@",
                              transport_.SentBy(remote), ">"));
}

void UserAgent::AddAllow(SipMessage& message) { message.AddRaw(Allow::kName, kAllowed); }

void UserAgent::AddProduct(SipMessage& message) {
  if (config_.product.empty()) return;
  message.AddRaw(message.is_request() ? UserAgentHeader::kName : Server::kName, config_.product);
}

std::string UserAgent::LocalAddress(const Endpoint& remote) {
  std::string domain = config_.domain;
  if (domain.empty()) {
    const absl::string_view sent_by = transport_.SentBy(remote);
    domain = std::string(sent_by.substr(0, sent_by.rfind(':')));
  }
  const std::string uri =
      absl::StrCat("<sip:", config_.user, config_.user.empty() ? "" : "@", domain, ">");
  if (config_.display_name.empty()) return uri;
  return absl::StrCat(Quote(config_.display_name), " ", uri);
}

// MODEL: an opaque text that looks like an offer; offer and answer are not compared (RFC 3264).
std::string UserAgent::SessionBody(const Endpoint& remote) {
  if (!config_.body.empty()) return config_.body;
  const IpAddress address = transport_.SourceFor(remote);
  const std::string where =
      absl::StrCat("IN IP", address.is_v4() ? "4 " : "6 ", address.ToString());
  return absl::StrCat("v=0\r\no=", config_.user.empty() ? "-" : config_.user, " 1 1 ", where,
                      "\r\ns=-\r\nc=", where,
                      "\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n");
}

}  // namespace tickwire::sip
