#include "protocols/sip/transaction/derived_requests.h"

namespace tickwire::sip {
namespace {

// One Via, that of the INVITE: its branch is how the server finds the transaction (§17.2.3). `to`
// is the To of the response for an ACK, of the request for a CANCEL.
SipMessage MakeDerived(absl::string_view method, const SipMessage& invite, absl::string_view to) {
  SipMessage derived = SipMessage::Request(method, invite.request_uri());
  if (const std::optional<Via> via = invite.Get<Via>(); via.has_value()) derived.Add(*via);
  if (invite.Has<Route>()) {
    for (const Route& route : invite.GetAll<Route>()) derived.Add(route);
  }
  derived.Add(MaxForwards{});
  derived.AddRaw(From::kName, invite.GetRaw<From>().value_or(absl::string_view()));
  derived.AddRaw(To::kName, to);
  derived.AddRaw(CallId::kName, invite.GetRaw<CallId>().value_or(absl::string_view()));
  const std::optional<CSeq> cseq = invite.Get<CSeq>();
  derived.Add(CSeq{cseq.has_value() ? cseq->number : 0, method});
  derived.Add(ContentLength{0});
  return derived;
}

}  // namespace

SipMessage MakeAckForFailure(const SipMessage& invite, const SipMessage& response) {
  return MakeDerived("ACK", invite, response.GetRaw<To>().value_or(absl::string_view()));
}

SipMessage MakeCancel(const SipMessage& request) {
  return MakeDerived("CANCEL", request, request.GetRaw<To>().value_or(absl::string_view()));
}

}  // namespace tickwire::sip
