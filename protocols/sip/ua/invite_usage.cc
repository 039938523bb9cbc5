// States, BYE, and what both sides of a session have in common.
#include "protocols/sip/ua/invite_usage.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/message/status_code.h"
#include "protocols/sip/ua/call.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {
namespace {

const TraceLabel& LabelOf(InviteUsage::State state) {
  using enum InviteUsage::State;
  switch (state) {
    case kPreparative:
      return labels::kPreparative;
    case kEarly:
      return labels::kEarly;
    case kMoratorium:
      return labels::kMoratorium;
    case kEstablished:
      return labels::kEstablished;
    case kMortal:
      return labels::kMortal;
    case kMorgue:
      break;
  }
  return labels::kMorgue;
}

}  // namespace

InviteUsage::InviteUsage(Call& call, Dialog&& dialog, Negotiation&& negotiation)
    : call_(call),
      entry_(call.agent().dialogs().Add(std::move(dialog), *this)),
      entity_(call.agent().trace().NewEntity(entry_ == nullptr
                                                 ? std::string("dialog")
                                                 : absl::StrCat("dialog ", entry_->dialog.call_id(),
                                                                " ", entry_->dialog.local_tag(),
                                                                " ", entry_->dialog.remote_tag()))),
      negotiation_(std::move(negotiation)),
      timer_glare_(call.agent().clock(), *this, labels::kTimerGlare, entity_),
      timer_linger_(call.agent().clock(), *this, labels::kTimerLinger, entity_) {
  if (call.agent().config().session_timer.is_supported) {
    session_timer_ = std::make_unique<SessionTimer>(call.agent().clock(), entity_, *this,
                                                    call.agent().config().session_timer);
  }
}

InviteUsage::~InviteUsage() {
  for (const SentAck& ack : acks_) {
    if (ack.is_waiting) call_.agent().locator()->Forget(*this, ack.number);
  }
  if (entry_ != nullptr) call_.agent().dialogs().Leave(*entry_, *this);
}

void InviteUsage::SetState(State next, const TraceLabel& reason) {
  state_ = next;
  call_.agent().trace().State(entity_, LabelOf(next), reason);
}

// The dialog is forgotten when its other usages, if any, have left it too.
void InviteUsage::Leave(const TraceLabel& reason) {
  if (state_ == State::kMorgue) return;
  timer_glare_.Cancel();
  timer_linger_.Cancel();
  keepers_.clear();
  reliable_.reset();
  session_timer_.reset();
  has_pending_change_ = false;
  SetState(State::kMorgue, reason);
  last_dialog_ = entry_->dialog;
  call_.agent().dialogs().Leave(*std::exchange(entry_, nullptr), *this);
}

// Nothing that would go on with the session outlives a BYE, whoever sent it.
void InviteUsage::StopSession() {
  timer_glare_.Cancel();
  has_pending_change_ = false;
  if (session_timer_ != nullptr) session_timer_->Stop();
  reliable_.reset();
  keepers_.clear();
}

// After BYE: nothing is under way any more that could need this dialog.
bool InviteUsage::LeaveIfMortal() {
  if (state_ != State::kMortal && state_ != State::kMorgue) return false;
  if (bye_ != 0) return true;
  if (change_ != 0) {
    // The other side may have forgotten our re-INVITE with the dialog.
    if (!timer_linger_.is_set()) timer_linger_.Set(call_.agent().config().timers.SixtyFourT1());
    return true;
  }
  Leave(labels::kByeAnswered);
  call_.OnByeOver(*this);
  return true;
}

void InviteUsage::OnTimerLinger() {
  const UserAgent::EventScope scope(call_.agent());
  if (OutgoingRequest* const request = call_.agent().FindRequest(std::exchange(change_, 0))) {
    request->Abandon();
  }
  LeaveIfMortal();
}

Destination InviteUsage::NextHop() const {
  return call_.agent().DestinationWithin(dialog(), &call_.hop());
}

SipMessage InviteUsage::Make(absl::string_view method) {
  return mutable_dialog().MakeRequest(method, call_.agent().NewVia(NextHop()));
}

uint64_t InviteUsage::Send(SipMessage&& request, uint64_t context) {
  return call_.agent().Send(std::move(request), NextHop(), *this, context);
}

// §15.1.1. RFC 5407 §2: from now on the dialog is Mortal, until the BYE's transaction is over.
void InviteUsage::SendBye(const TraceLabel& reason) {
  if (state_ == State::kMortal || state_ == State::kMorgue) return;
  StopSession();
  SetState(State::kMortal, reason);
  SipMessage bye = Make("BYE");
  call_.agent().AddProduct(bye);
  if (!call_.bye_reason().empty()) bye.AddRaw(Reason::kName, call_.bye_reason());
  bye.Add(ContentLength{0});
  bye_ = Send(std::move(bye));
}

std::optional<uint64_t> InviteUsage::call() const { return call_.handle().value; }

bool InviteUsage::Takes(const SipMessage& request) const {
  switch (request.method()) {
    case Method::kInvite:
    case Method::kAck:
    case Method::kBye:
    case Method::kPrack:
    case Method::kUpdate:
    case Method::kInfo:
    case Method::kMessage:
    case Method::kOptions:
    case Method::kRefer:
      return true;
    default:
      return false;
  }
}

void InviteUsage::OnRequest(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  transaction.set_context(call_.handle().value);
  // RFC 5407 §3.2: a Mortal dialog accepts BYE and reports, nothing that would change the session.
  if (is_over() || (state_ == State::kMortal && request.method() != Method::kBye)) {
    call_.agent().Respond(transaction, 481);
    return;
  }
  switch (request.method()) {
    case Method::kBye:
      OnBye(transaction);
      return;
    case Method::kInvite:
      OnReInvite(transaction);
      return;
    case Method::kUpdate:
      OnUpdate(transaction);
      return;
    case Method::kPrack:
      OnPrack(transaction);
      return;
    case Method::kInfo:
      OnInfo(transaction);
      return;
    case Method::kRefer:
      call_.OnRefer(*this, transaction);
      return;
    default:
      call_.agent().RespondOutsideSession(transaction);
      return;
  }
}

void InviteUsage::OnBye(ServerTransaction& transaction) {
  call_.agent().Respond(transaction, 200);
  const bool was_mortal = state_ == State::kMortal;
  // §15.1.2: what still waits for an answer gets 487.
  if (!server_invite_.empty()) {
    if (ServerTransaction* const invite = call_.agent().table().FindServer(server_invite_)) {
      call_.agent().Respond(*invite, 487);
    }
    server_invite_.clear();
  }
  const State before = state_;
  if (!was_mortal) SetState(State::kMortal, labels::kHungUpByPeer);
  call_.OnBye(*this, before);
  // RFC 5407 §3.2.1: when two BYE crossed, ours still waits for its answer; a re-INVITE of ours may
  // get a 2xx that wants its ACK.
  if (was_mortal) return;
  LeaveIfMortal();
  if (state_ == State::kMortal) StopSession();
}

// RFC 6086 §4.2.2, §5.2: without a package this is the INFO of old (RFC 2976) and accepted; a
// package must be one that we said to receive.
void InviteUsage::OnInfo(ServerTransaction& transaction) {
  const std::optional<InfoPackage> package = transaction.request().Get<InfoPackage>();
  UserAgent& agent = call_.agent();
  if (package.has_value() && !agent.ReceivesInfo(package->package)) {
    SipMessage response = StartResponse(transaction.request(), 469);
    agent.AddRecvInfo(response);
    response.Add(ContentLength{0});
    transaction.Respond(std::move(response));
    return;
  }
  agent.Respond(transaction, 200);
  call_.OnInfo(transaction.request());
}

void InviteUsage::Refuse(ServerTransaction& transaction, int status) {
  call_.agent().Respond(transaction, status);
}

// §14.2, RFC 3311 §5.2: come back in a random time of up to 10 s.
void InviteUsage::RefuseForNow(ServerTransaction& transaction) {
  SipMessage response = StartResponse(transaction.request(), 500);
  response.Add(RetryAfter{static_cast<uint32_t>(call_.agent().pauses().Below(11)), {}, {}});
  response.Add(ContentLength{0});
  transaction.Respond(std::move(response));
}

// §12.2.1.2, §12.2.2: INVITE and UPDATE, and the 2xx to them, may move the target.
void InviteUsage::RefreshTarget(const SipMessage& message) {
  const std::optional<Contact> contact = message.Get<Contact>();
  if (contact.has_value() && !contact->is_star()) mutable_dialog().set_remote_target(contact->uri);
}

void InviteUsage::OnResponse(OutgoingRequest& request, const SipMessage& response) {
  if (IsProvisional(response.status())) return;
  if (request.id() == bye_) return;  // its end follows
  if (request.id() == change_) {
    OnChangeResponse(request, response);
    call_.AnswerIfDue(*this);
    return;
  }
  if (request.method() == Method::kInvite) {  // a copy of the 2xx to an earlier re-INVITE
    const std::optional<CSeq> cseq = response.Get<CSeq>();
    if (cseq.has_value()) ResendAck(cseq->number);
    return;
  }
  if (request.method() == Method::kPrack) {
    // RFC 3262 §4: the answer to an offer in the response went out with it, or its own offer is
    // answered here.
    if (IsSuccess(response.status()) && !response.body().empty() &&
        negotiation_.state() == Negotiation::State::kOfferSent) {
      negotiation_.OnAnswer(response);
      ReportMedia();
    }
    return;
  }
  call_.OnAnswerWithinDialog(*this, response);
}

void InviteUsage::OnFailure(OutgoingRequest& request, RequestFailure failure) {
  const TraceLabel& reason =
      failure == RequestFailure::kTimeout ? labels::kRequestTimeout : labels::kNetworkError;
  if (request.id() == bye_) return;  // its end follows
  if (request.id() == change_) {
    change_ = 0;
    if (LeaveIfMortal()) return;
    OnChangeFailed(failure == RequestFailure::kTimeout ? 408 : 503,
                   request.method() == Method::kInvite);
    call_.AnswerIfDue(*this);
    return;
  }
  // §12.2.1.2: silence within a dialog ends it.
  call_.OnDialogLost(*this, reason);
}

void InviteUsage::OnRequestOver(OutgoingRequest& request) {
  if (request.id() != bye_) return;
  bye_ = 0;
  LeaveIfMortal();
}

void InviteUsage::OnSuccessRepeated() { call_.agent().CountRepeatedSuccess(); }

// §13.3.1.4: the dialog is confirmed, the session is not wanted any more.
void InviteUsage::OnNoAck(SuccessKeeper&) {
  const UserAgent::EventScope scope(call_.agent());
  call_.OnNoAck(*this);
}

void InviteUsage::OnNoPrack() {
  const UserAgent::EventScope scope(call_.agent());
  call_.OnNoPrack(*this);
}

void InviteUsage::OnSessionExpired() {
  const UserAgent::EventScope scope(call_.agent());
  call_.OnSessionExpired(*this);
}

void InviteUsage::OnTimerGlare() {
  const UserAgent::EventScope scope(call_.agent());
  StartPendingChange();
}

void InviteUsage::ReportMedia() { call_.OnMedia(*this); }

bool InviteUsage::IsConsistent() const {
  switch (state_) {
    case State::kPreparative:
    case State::kEarly:
      return acks_.empty() && keepers_.empty() && bye_ == 0;
    case State::kMoratorium:
      return acks_.empty() && bye_ == 0;
    case State::kEstablished:
      return bye_ == 0;
    case State::kMortal:
      return keepers_.empty() && reliable_ == nullptr;
    case State::kMorgue:
      return keepers_.empty() && reliable_ == nullptr && session_timer_ == nullptr;
  }
  return false;
}

}  // namespace tickwire::sip
