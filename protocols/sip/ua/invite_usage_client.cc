// What an InviteUsage does as the client of an INVITE: responses, ACK, PRACK, and its own changes
// of the session (RFC 3261 §13.2.2, §14.1; RFC 3262 §4; RFC 3311 §5.1; RFC 4028 §7).
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/option_tags.h"
#include "protocols/sip/message/status_code.h"
#include "protocols/sip/transport/size_rule.h"
#include "protocols/sip/ua/call.h"
#include "protocols/sip/ua/invite_usage.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {
namespace {

bool Allows(const SipMessage& message, absl::string_view method) {
  if (!message.Has<Allow>()) return false;
  for (const Allow& allow : message.GetAll<Allow>()) {
    if (allow.method == method) return true;
  }
  return false;
}

}  // namespace

void InviteUsage::OnProvisional(uint32_t invite_number, const SipMessage& response) {
  if (state_ == State::kPreparative) SetState(State::kEarly, labels::kProvisionalReceived);
  if (state_ != State::kEarly) return;
  if (Allows(response, "UPDATE")) peer_allows_update_ = true;
  const std::optional<RSeq> rseq = response.Get<RSeq>();
  const bool is_reliable = rseq.has_value() && ListsOption<Require>(response, "100rel");
  if (is_reliable) {
    // RFC 3262 §4: a repetition, or one that left a gap behind it, is neither acknowledged nor
    // used.
    if (heard_rseq_.has_value() && rseq->number != *heard_rseq_ + 1) return;
    heard_rseq_ = rseq->number;
    RefreshTarget(response);
  }
  std::string answer;
  if (negotiation_.IsSession(response)) {
    if (negotiation_.state() == Negotiation::State::kOfferSent) {
      // An answer; in an unreliable response only its preview, which the 2xx repeats (§13.2.1).
      negotiation_.OnAnswer(response);
      ReportMedia();
    } else if (is_reliable && negotiation_.state() != Negotiation::State::kAgreed &&
               negotiation_.OnOffer(response) == 0) {
      answer = negotiation_.MakeAnswer();  // RFC 3262 §5: goes with the PRACK
      ReportMedia();
    }
  }
  if (is_reliable) SendPrack(invite_number, rseq->number, answer);
}

void InviteUsage::SendPrack(uint32_t invite_number, uint32_t response_number,
                            absl::string_view answer) {
  SipMessage prack = Make("PRACK");
  prack.Add(RAck{response_number, invite_number, "INVITE"});
  call_.agent().AddProduct(prack);
  prack.SetBody(answer.empty() ? absl::string_view() : Negotiation::kContentType, answer);
  Send(std::move(prack));
}

bool InviteUsage::OnSuccess(uint32_t invite_number, const SipMessage& invite,
                            const SipMessage& response) {
  if (ResendAck(invite_number)) return true;  // §13.2.2.4: each copy gets the same ACK
  if (state_ != State::kPreparative && state_ != State::kEarly) {
    // RFC 5407 §3.1.3: an early dialog that was ended by BYE. The handshake is completed all the
    // same.
    SendAck(invite_number, invite, {});
    return true;
  }
  mutable_dialog().SetRouteSetFrom(response);
  RefreshTarget(response);
  if (Allows(response, "UPDATE")) peer_allows_update_ = true;
  SetState(State::kMoratorium, labels::kAnswerReceived);
  bool is_acceptable = true;
  std::string answer;
  switch (negotiation_.state()) {
    case Negotiation::State::kOfferSent:
      is_acceptable = negotiation_.IsSession(response) && negotiation_.OnAnswer(response);
      break;
    case Negotiation::State::kAgreed:  // by a provisional response: what is here only repeats it
      break;
    case Negotiation::State::kNoSession:
    case Negotiation::State::kOfferReceived:
      // §13.2.1: no offer in the INVITE, so this is it, and the ACK carries the answer.
      if (negotiation_.IsSession(response)) {
        is_acceptable = negotiation_.OnOffer(response) == 0;
        answer = is_acceptable ? negotiation_.MakeAnswer() : negotiation_.MakeRefusal(response);
      } else {
        is_acceptable = false;
      }
      break;
  }
  SendAck(invite_number, invite, answer);
  SetState(State::kEstablished, labels::kAckSent);
  if (session_timer_ != nullptr) session_timer_->OnSuccess(invite, response);
  if (is_acceptable) ReportMedia();
  return is_acceptable;
}

void InviteUsage::SendAck(uint32_t number, const SipMessage& invite, absl::string_view body) {
  const Destination destination = NextHop();
  SipMessage ack = mutable_dialog().MakeAck(number, call_.agent().NewVia(destination));
  // §13.2.2.4, §22.3: the credentials of the INVITE.
  for (const Authorization& value : invite.GetAll<Authorization>()) ack.Add(value);
  for (const ProxyAuthorization& value : invite.GetAll<ProxyAuthorization>()) ack.Add(value);
  call_.agent().AddProduct(ack);
  ack.SetBody(body.empty() ? absl::string_view() : Negotiation::kContentType, body);
  // Of the initial INVITE and of the latest one; copies of others' 2xx are long gone.
  if (acks_.size() > 1) {
    if (acks_[1].is_waiting) call_.agent().locator()->Forget(*this, acks_[1].number);
    acks_.erase(acks_.begin() + 1);
  }
  const bool is_known = !destination.hops.empty();
  const Hop hop = is_known ? destination.hops.front() : Hop{};
  acks_.push_back({number, std::move(ack).TakeWire(), hop, hop, !is_known});
  if (is_known) {
    TransmitAck(acks_.back());
  } else {
    std::vector<Hop> hops;
    ServerLocator* const locator = call_.agent().locator();
    if (locator == nullptr ||
        locator->Locate(destination.uri, call_.agent().transport().transports(), hops, *this,
                        number)) {
      acks_.back().is_waiting = false;
      OnLocated(number, hops);
    }
  }
}

void InviteUsage::OnLocated(uint64_t number, std::span<const Hop> hops) {
  for (SentAck& ack : acks_) {
    if (ack.number != number) continue;
    ack.is_waiting = false;
    if (hops.empty()) {
      call_.agent().trace().Note(entity_, labels::kNowhere, mutable_dialog().next_hop_uri());
      return;
    }
    ack.hop = ack.taken = hops.front();
    SipMessage message = SipMessage::Parse(std::move(ack.wire)).message;
    const std::string text = call_.agent().NewVia(ack.hop);
    message.Prepend(*Via::Parse(text));
    ack.wire = std::move(message).TakeWire();
    TransmitAck(ack);
    return;
  }
}

// §18.1.1 for each copy: the transport for large ones may have been refused in the meantime.
void InviteUsage::TransmitAck(SentAck& ack) {
  SipTransport& transport = call_.agent().transport();
  const Hop fit = transport.ForSize(ack.hop, ack.wire.size());
  if (fit.transport != ack.taken.transport) {
    SipMessage message = SipMessage::Parse(std::move(ack.wire)).message;
    RewriteTopVia(message, fit.transport, transport.SentBy(fit));
    ack.wire = std::move(message).TakeWire();
  }
  ack.taken = fit;
  transport.Send(fit, ack.wire);
}

bool InviteUsage::ResendAck(uint32_t number) {
  for (SentAck& ack : acks_) {
    if (ack.number != number) continue;
    if (ack.is_waiting || ack.hop == Hop{}) return true;
    call_.agent().CountRepeatedAck();
    call_.agent().trace().Note(entity_, labels::kAckRepeated);
    TransmitAck(ack);
    return true;
  }
  return false;
}

void InviteUsage::OnInviteFailed(const TraceLabel& reason) {
  if (state_ == State::kPreparative || state_ == State::kEarly) Leave(reason);
}

// --- Changes of the session. ---

bool InviteUsage::MayOffer() const {
  return negotiation_.state() == Negotiation::State::kAgreed && change_ == 0 &&
         server_invite_.empty() && keepers_.empty();
}

bool InviteUsage::Modify(Change change, bool by_update) {
  const bool is_early = state_ == State::kEarly;
  if (state_ != State::kEstablished && !(is_early && by_update)) return false;
  // RFC 3311 §5.1: an offer in an early dialog needs a finished exchange before it.
  if (negotiation_.state() != Negotiation::State::kAgreed && is_early) return false;
  if (change == Change::kHold) negotiation_.Hold();
  if (change == Change::kResume) negotiation_.Resume();
  has_pending_change_ = true;
  pending_by_update_ = by_update;
  StartPendingChange();
  return true;
}

// §14.1: no INVITE while another one is under way in either direction, nor in the pause after 491.
void InviteUsage::StartPendingChange() {
  if (!has_pending_change_ || !MayOffer() || timer_glare_.is_set()) return;
  has_pending_change_ = false;
  if (pending_by_update_) {
    SendUpdate(/*with_offer=*/true);
  } else {
    SendReInvite();
  }
}

void InviteUsage::SendReInvite() {
  UserAgent& agent = call_.agent();
  const Destination destination = NextHop();
  SipMessage invite = Make("INVITE");
  agent.AddContact(invite, destination);
  agent.AddCapabilities(invite);
  if (session_timer_ != nullptr) session_timer_->AddTo(invite);
  agent.AddProduct(invite);
  is_change_offer_ = true;
  invite.SetBody(Negotiation::kContentType, negotiation_.MakeOffer());
  change_ = Send(std::move(invite));
}

void InviteUsage::SendUpdate(bool with_offer) {
  UserAgent& agent = call_.agent();
  const Destination destination = NextHop();
  SipMessage update = Make("UPDATE");
  agent.AddContact(update, destination);
  agent.AddCapabilities(update);
  if (session_timer_ != nullptr) session_timer_->AddTo(update);
  agent.AddProduct(update);
  is_change_offer_ = with_offer;
  if (with_offer) {
    update.SetBody(Negotiation::kContentType, negotiation_.MakeOffer());
  } else {
    update.Add(ContentLength{0});
  }
  change_ = Send(std::move(update));
}

void InviteUsage::OnChangeResponse(OutgoingRequest& request, const SipMessage& response) {
  const bool is_reinvite = request.method() == Method::kInvite;
  const int status = response.status();
  change_ = 0;
  if (state_ == State::kMortal || state_ == State::kMorgue) {
    // RFC 5407 §3.2.3: the 2xx is acknowledged although the dialog ends.
    if (is_reinvite && IsSuccess(status)) {
      SendAck(request.request().Get<CSeq>()->number, request.request(), {});
    }
    LeaveIfMortal();
    return;
  }
  if (!IsSuccess(status)) {
    if (status == 422 && session_timer_ != nullptr && session_timer_->OnTooSmall(response)) {
      negotiation_.Rollback();
      has_pending_change_ = true;
      pending_by_update_ = !is_reinvite;
      StartPendingChange();
      return;
    }
    OnChangeFailed(status, is_reinvite);
    return;
  }
  RefreshTarget(response);
  bool is_acceptable = true;
  if (is_change_offer_) {
    is_acceptable = negotiation_.IsSession(response) && negotiation_.OnAnswer(response);
    if (!is_acceptable) negotiation_.Rollback();
  }
  if (is_reinvite) {
    SetState(State::kMoratorium, labels::kAnswerReceived);
    SendAck(request.request().Get<CSeq>()->number, request.request(), {});
    SetState(State::kEstablished, labels::kAckSent);
  }
  if (session_timer_ != nullptr) session_timer_->OnSuccess(request.request(), response);
  if (!is_acceptable) {
    call_.OnDialogLost(*this, labels::kBadSession);
    return;
  }
  ReportMedia();
  call_.OnChanged(*this);
  StartPendingChange();
}

void InviteUsage::OnChangeFailed(int status, bool is_reinvite) {
  if (is_change_offer_) negotiation_.Rollback();
  switch (status) {
    case 491: {
      // §14.1: whoever made the Call-ID waits 2.1 to 4 s, the other up to 2 s, in steps of 10 ms.
      Rng& pauses = call_.agent().pauses();
      const bool is_owner = call_.role() == CallRole::kCaller;
      const uint64_t steps = is_owner ? 210 + pauses.Below(191) : pauses.Below(201);
      has_pending_change_ = true;
      pending_by_update_ = !is_reinvite;
      timer_glare_.Set(Duration::Millis(10 * static_cast<int64_t>(steps)));
      return;
    }
    case 408:
    case 481:
      // §12.2.1.2, §14.1: the dialog is gone at the other side.
      call_.OnDialogLost(*this, labels::kDialogGone);
      return;
    default:
      // §14.1: the session stays as it was.
      call_.OnChangeRefused(*this, status);
      StartPendingChange();
      return;
  }
}

// RFC 4028 §7.4: by UPDATE where the other side takes it, else by re-INVITE.
void InviteUsage::OnRefreshDue() {
  const UserAgent::EventScope scope(call_.agent());
  if (state_ != State::kEstablished || change_ != 0) return;
  call_.agent().trace().Note(entity_, labels::kRefreshing);
  if (peer_allows_update_) {
    SendUpdate(/*with_offer=*/false);
  } else {
    has_pending_change_ = true;
    pending_by_update_ = false;
    StartPendingChange();
  }
}

}  // namespace tickwire::sip
