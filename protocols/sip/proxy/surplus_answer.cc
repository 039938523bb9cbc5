#include "protocols/sip/proxy/surplus_answer.h"

#include <utility>
#include <vector>

#include "protocols/sip/proxy/route_rules.h"

namespace tickwire::sip {
namespace {

SipMessage Build(absl::string_view method, const SipMessage& invite, const SipMessage& success,
                 uint32_t cseq, const Target& target) {
  SipMessage request = SipMessage::Request(method, target.uri);
  request.Add(MaxForwards{});
  request.AddRaw(From::kName, invite.GetRaw<From>().value_or(""));
  request.AddRaw(To::kName, success.GetRaw<To>().value_or(""));
  request.AddRaw(CallId::kName, invite.GetRaw<CallId>().value_or(""));
  request.Add(CSeq{cseq, method});
  request.Add(ContentLength{0});
  ApplyTarget(request, target);
  return request;
}

}  // namespace

std::optional<SurplusAnswer> MakeSurplusAnswer(const SipMessage& invite,
                                               const SipMessage& success) {
  const std::optional<Contact> contact = success.Get<Contact>();
  const std::optional<CSeq> cseq = invite.Get<CSeq>();
  if (!contact.has_value() || contact->is_star() || !contact->sip_uri().has_value() ||
      !cseq.has_value()) {
    return std::nullopt;
  }
  Target target;
  target.uri = AsRequestUri(contact->uri);
  // §12.1.2, from where we stand: of the list in the response, latest first, the part that was
  // added behind us, reversed.
  const std::vector<RecordRoute> all = success.GetAll<RecordRoute>();
  const size_t in_front_of_us = invite.GetAll<RecordRoute>().size();
  for (size_t i = all.size() - std::min(all.size(), in_front_of_us); i > 0; --i) {
    target.route.emplace_back(all[i - 1].uri);
  }
  const SipMessage empty = SipMessage::Request("ACK", target.uri);
  SurplusAnswer answer{Build("ACK", invite, success, cseq->number, target),
                       Build("BYE", invite, success, cseq->number + 1, target),
                       NextHopUri(empty, target)};
  return answer;
}

}  // namespace tickwire::sip
