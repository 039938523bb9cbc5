#include "protocols/sip/ua/negotiation.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sip {

bool Negotiation::IsSession(const SipMessage& message) {
  if (message.body().empty()) return false;
  const std::optional<ContentType> type = message.Get<ContentType>();
  return type.has_value() && type->type == "application" && type->subtype == "sdp";
}
std::string Negotiation::Body() {
  const std::string where =
      absl::StrCat("IN IP", source_.is_v4() ? "4 " : "6 ", source_.ToString());
  return absl::StrCat("v=0\r\no=", user_.empty() ? "-" : user_, " 1 1 ", where,
                      "\r\ns=-\r\nc=", where,
                      "\r\nt=0 0\r\nm=audio 49170 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n",
                      hold_ ? "a=sendonly\r\n" : "");
}
std::string Negotiation::MakeOffer() {
  before_ = state_;
  state_ = State::kOfferSent;
  return local_body_ = Body();
}
int Negotiation::OnOffer(const SipMessage&) {
  before_ = state_;
  state_ = State::kOfferReceived;
  return 0;
}
std::string Negotiation::MakeAnswer() {
  state_ = State::kAgreed;
  return local_body_ = Body();
}
std::string Negotiation::MakeRefusal() { return MakeAnswer(); }
bool Negotiation::OnAnswer(const SipMessage&) {
  state_ = State::kAgreed;
  return true;
}
void Negotiation::Rollback() {
  if (state_ != State::kAgreed) state_ = before_;
}

}  // namespace tickwire::sip
