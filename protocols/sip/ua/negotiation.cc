#include "protocols/sip/ua/negotiation.h"

#include <utility>

#include "protocols/sip/body/multipart.h"

namespace tickwire::sip {

Negotiation::Negotiation(uint64_t session_id, uint16_t port)
    : session_id_(session_id), exchange_(sdp::AudioPlan(IpAddress(), port), session_id, 1) {}

std::optional<absl::string_view> Negotiation::SessionOf(const SipMessage& message) {
  if (message.body().empty()) return std::nullopt;
  return FindBody(message, "application", "sdp");
}

void Negotiation::set_source(const IpAddress& address) {
  sdp::MediaPlan plan = exchange_.plan();
  plan.address = address;
  exchange_.SetPlan(std::move(plan));
}

std::string Negotiation::MakeOffer() { return exchange_.MakeOffer(); }

int Negotiation::OnOffer(const SipMessage& message) {
  switch (exchange_.OnOffer(SessionOf(message).value_or("")).outcome) {
    case sdp::OfferAnswer::Outcome::kAccepted:
      return 0;
    case sdp::OfferAnswer::Outcome::kGlare:
      return 491;
    case sdp::OfferAnswer::Outcome::kPending:
      return 500;
    case sdp::OfferAnswer::Outcome::kMalformed:
      return 400;
    case sdp::OfferAnswer::Outcome::kRefused:
    case sdp::OfferAnswer::Outcome::kIgnored:
      break;
  }
  return 488;
}

std::string Negotiation::MakeAnswer() { return exchange_.MakeAnswer(); }

std::string Negotiation::MakeRefusal(const SipMessage& offer) const {
  sdp::ParseResult parsed = sdp::SessionDescription::Parse(SessionOf(offer).value_or(""));
  if (!parsed.is_usable()) return {};
  sdp::SessionDescription refusal;
  refusal.origin.session_id = session_id_;
  refusal.origin.session_version = 1;
  refusal.connection = sdp::Connection::To(exchange_.plan().address);
  refusal.origin.addr_type = refusal.connection->addr_type;
  refusal.origin.address = refusal.connection->address;
  refusal.times = std::move(parsed.description.times);
  for (sdp::MediaSection& offered : parsed.description.media) {
    sdp::MediaSection& section = refusal.media.emplace_back();
    section.media = std::move(offered.media);
    section.port = 0;
    section.protocol = std::move(offered.protocol);
    section.formats = std::move(offered.formats);
  }
  return refusal.ToString();
}

bool Negotiation::OnAnswer(const SipMessage& message) {
  const sdp::OfferAnswer::Result result = exchange_.OnAnswer(SessionOf(message).value_or(""));
  return result.ok() || result.outcome == sdp::OfferAnswer::Outcome::kIgnored;
}

}  // namespace tickwire::sip
