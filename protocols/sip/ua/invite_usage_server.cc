// What an InviteUsage does as the server of INVITE, PRACK and UPDATE (RFC 3261 §13.3, §14.2; RFC
// 3262 §3; RFC 3311 §5.2; RFC 4028 §9).
#include <algorithm>
#include <utility>

#include "protocols/sip/message/response_builder.h"
#include "protocols/sip/message/status_code.h"
#include "protocols/sip/ua/call.h"
#include "protocols/sip/ua/invite_usage.h"
#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {

void InviteUsage::SendProvisional(ServerTransaction& invite, int status, bool is_reliable,
                                  bool has_session) {
  if (state_ == State::kPreparative) SetState(State::kEarly, labels::kProvisionalSent);
  UserAgent& agent = call_.agent();
  SipMessage response = call_.StartInviteResponse(invite, status);
  std::string body;
  if (has_session && is_session_in_success_) {
    if (negotiation_.state() == Negotiation::State::kOfferReceived) {
      body = negotiation_.MakeAnswer();
      ReportMedia();
    } else if (negotiation_.state() == Negotiation::State::kNoSession && is_reliable) {
      body = negotiation_.MakeOffer();  // RFC 3262 §5: only a reliable response carries an offer
    } else if (negotiation_.state() == Negotiation::State::kAgreed) {
      body = negotiation_.local_body();
    }
  }
  if (!is_reliable) {
    response.SetBody(body.empty() ? absl::string_view() : Negotiation::kContentType, body);
    invite.Respond(std::move(response));
    return;
  }
  if (!body.empty()) is_session_in_success_ = false;
  if (reliable_ == nullptr) {
    // RFC 3262 §3: from 1 to 2^31 - 1, at random.
    const auto first = static_cast<uint32_t>(1 + agent.pauses().Below(0x7ffffffe));
    reliable_ =
        std::make_unique<ReliableProvisionals>(agent.clock(), entity_, agent.table(), *this, first,
                                               invite.request().Get<CSeq>()->number, invite.key());
  }
  reliable_->Send(std::move(response),
                  body.empty() ? absl::string_view() : Negotiation::kContentType, body);
}

bool InviteUsage::must_wait_for_prack() const {
  if (reliable_ == nullptr) return false;
  // An offer of ours in a reliable response must be answered first, too (RFC 6337 §2.2).
  return reliable_->has_unacknowledged_body() ||
         negotiation_.state() == Negotiation::State::kOfferSent;
}

void InviteUsage::SendSuccess(ServerTransaction& invite) {
  SipMessage response = call_.StartInviteResponse(invite, 200);
  std::string body;
  switch (negotiation_.state()) {
    case Negotiation::State::kOfferReceived:
      body = negotiation_.MakeAnswer();
      break;
    case Negotiation::State::kNoSession:
      body = negotiation_.MakeOffer();  // §13.2.1: the ACK will carry the answer
      break;
    case Negotiation::State::kAgreed:
      // The preview in an unreliable response is repeated as it was (§13.2.1).
      if (is_session_in_success_) body = negotiation_.local_body();
      break;
    case Negotiation::State::kOfferSent:
      break;
  }
  if (session_timer_ != nullptr) session_timer_->Accept(invite.request(), response);
  response.SetBody(body.empty() ? absl::string_view() : Negotiation::kContentType, body);
  if (reliable_ != nullptr) reliable_->Stop();
  is_session_in_success_ = true;
  CompleteSuccess(invite, std::move(response));
  if (negotiation_.state() == Negotiation::State::kAgreed) ReportMedia();
}

// Sends the 2xx to an INVITE and sees to its repetition.
void InviteUsage::CompleteSuccess(ServerTransaction& transaction, SipMessage&& response) {
  UserAgent& agent = call_.agent();
  SetState(State::kMoratorium, labels::kAnswerSent);
  const uint32_t number = transaction.request().Get<CSeq>()->number;
  const std::string key = transaction.key();
  transaction.Respond(std::move(response));
  keepers_.push_back(std::make_unique<SuccessKeeper>(agent.clock(), entity_, agent.table(), *this,
                                                     number, key,
                                                     agent.config().most_success_copies));
}

void InviteUsage::SendFailure(ServerTransaction& invite, int status) {
  SipMessage response = call_.StartInviteResponse(invite, status);
  response.Add(ContentLength{0});
  invite.Respond(std::move(response));
  Leave(labels::kRejectionSent);
}

void InviteUsage::OnAck(const SipMessage& ack) {
  const std::optional<CSeq> cseq = ack.Get<CSeq>();
  const auto found = std::find_if(keepers_.begin(), keepers_.end(), [&](const auto& keeper) {
    return keeper->number() == cseq->number;
  });
  if (found == keepers_.end()) return;  // a copy
  keepers_.erase(found);
  bool is_acceptable = true;
  if (negotiation_.state() == Negotiation::State::kOfferSent && change_ == 0) {
    is_acceptable = negotiation_.IsSession(ack) && negotiation_.OnAnswer(ack);
    if (is_acceptable) ReportMedia();
  }
  if (keepers_.empty()) SetState(State::kEstablished, labels::kAckReceived);
  call_.OnAcknowledged(*this, is_acceptable);
  if (state_ == State::kEstablished) StartPendingChange();
}

// --- Within the dialog. ---

bool InviteUsage::RefuseSessionTimer(ServerTransaction& transaction) {
  if (session_timer_ == nullptr) return false;
  const std::optional<uint32_t> least = session_timer_->Refuses(transaction.request());
  if (!least.has_value()) return false;
  call_.agent().RespondTooSmall(transaction, *least);
  return true;
}

void InviteUsage::OnReInvite(ServerTransaction& transaction) {
  // §14.2: one at a time; a second one before our final response comes back later.
  if (!server_invite_.empty() || state_ == State::kEarly || state_ == State::kPreparative) {
    RefuseForNow(transaction);
    return;
  }
  // §14.2: our own INVITE (or offer in an UPDATE, RFC 3311 §5.2) is under way. RFC 5407 §3.1.5: so
  // it is when an offer of ours in a 2xx still waits for the ACK.
  const Negotiation::State state = negotiation_.state();
  if (change_ != 0 || state == Negotiation::State::kOfferSent) {
    Refuse(transaction, 491);
    return;
  }
  if (RefuseSessionTimer(transaction)) return;
  const SipMessage& request = transaction.request();
  if (negotiation_.IsSession(request)) {
    if (const int status = negotiation_.OnOffer(request); status != 0) {
      Refuse(transaction, status);  // §14.2: the session stays as it was
      return;
    }
  } else if (!request.body().empty()) {
    call_.agent().RespondUnsupportedMedia(transaction);
    return;
  }
  RefreshTarget(request);
  server_invite_ = transaction.key();
  SipMessage response = call_.StartInviteResponse(transaction, 200);
  const std::string body = negotiation_.state() == Negotiation::State::kOfferReceived
                               ? negotiation_.MakeAnswer()
                               : negotiation_.MakeOffer();
  if (session_timer_ != nullptr) session_timer_->Accept(request, response);
  response.SetBody(Negotiation::kContentType, body);
  server_invite_.clear();
  CompleteSuccess(transaction, std::move(response));
  if (negotiation_.state() == Negotiation::State::kAgreed) ReportMedia();
  call_.OnChanged(*this);
}

// RFC 3311 §5.2.
void InviteUsage::OnUpdate(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  UserAgent& agent = call_.agent();
  const bool has_offer = negotiation_.IsSession(request);
  if (has_offer) {
    switch (negotiation_.state()) {
      case Negotiation::State::kOfferSent:
        Refuse(transaction, 491);
        return;
      case Negotiation::State::kOfferReceived:
        RefuseForNow(transaction);
        return;
      case Negotiation::State::kNoSession:
        // No exchange has begun: an offer here is out of order (RFC 3311 §5.1).
        RefuseForNow(transaction);
        return;
      case Negotiation::State::kAgreed:
        break;
    }
    if (change_ != 0) {
      Refuse(transaction, 491);
      return;
    }
  } else if (!request.body().empty()) {
    agent.RespondUnsupportedMedia(transaction);
    return;
  }
  if (RefuseSessionTimer(transaction)) return;
  if (has_offer) {
    if (const int status = negotiation_.OnOffer(request); status != 0) {
      Refuse(transaction, status);
      return;
    }
  }
  RefreshTarget(request);
  SipMessage response = call_.StartInviteResponse(transaction, 200);
  if (session_timer_ != nullptr) session_timer_->Accept(request, response);
  if (has_offer) {
    response.SetBody(Negotiation::kContentType, negotiation_.MakeAnswer());
  } else {
    response.Add(ContentLength{0});
  }
  transaction.Respond(std::move(response));
  if (has_offer) {
    ReportMedia();
    call_.OnChanged(*this);
  }
}

// RFC 3262 §3.
void InviteUsage::OnPrack(ServerTransaction& transaction) {
  const SipMessage& request = transaction.request();
  const std::optional<RAck> ack = request.Get<RAck>();
  if (!ack.has_value()) {
    Refuse(transaction, 400);
    return;
  }
  if (reliable_ == nullptr || !reliable_->OnPrack(*ack)) {
    Refuse(transaction, 481);
    return;
  }
  SipMessage response = StartResponse(request, 200);
  call_.agent().AddProduct(response);
  std::string answer;
  bool is_acceptable = true;
  if (negotiation_.state() == Negotiation::State::kOfferSent && change_ == 0 &&
      !reliable_->has_unacknowledged_body()) {
    // RFC 3262 §5: the answer to the offer in the response.
    is_acceptable = negotiation_.IsSession(request) && negotiation_.OnAnswer(request);
    if (is_acceptable) ReportMedia();
  } else if (negotiation_.IsSession(request)) {
    if (negotiation_.OnOffer(request) == 0) {
      answer = negotiation_.MakeAnswer();  // RFC 3262 §5: a new offer, answered at once
      ReportMedia();
    }
  }
  response.SetBody(answer.empty() ? absl::string_view() : Negotiation::kContentType, answer);
  transaction.Respond(std::move(response));
  if (is_acceptable) {
    call_.AnswerIfDue(*this);
  } else {
    call_.OnDialogLost(*this, labels::kBadSession);
  }
}

}  // namespace tickwire::sip
