// Negotiation: offer and answer of one dialog, between SIP bodies and sdp::OfferAnswer (RFC 3264;
// RFC 6337 for which message carries which). A value: a forked INVITE's offer is copied into each
// of its dialogs.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_NEGOTIATION_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_NEGOTIATION_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "protocols/sdp/offer_answer.h"
#include "protocols/sip/message/sip_message.h"

namespace tickwire::sip {

class Negotiation {
 public:
  static constexpr absl::string_view kContentType = "application/sdp";
  using State = sdp::OfferAnswer::State;

  // `port` is where RTP is received; the address comes with set_source.
  Negotiation(uint64_t session_id, uint16_t port);

  State state() const { return exchange_.state(); }
  // The session description in the message, alone or as a part of its body.
  static std::optional<absl::string_view> SessionOf(const SipMessage& message);
  static bool IsSession(const SipMessage& message) { return SessionOf(message).has_value(); }
  // The local media address, before the first offer or answer.
  void set_source(const IpAddress& address);

  // REQUIRES: no exchange is under way.
  std::string MakeOffer();
  // 0, or the status that refuses it: 400, 488, 491, 500.
  int OnOffer(const SipMessage& message);
  // REQUIRES: kOfferReceived.
  std::string MakeAnswer();
  // An answer to an offer that OnOffer refused: no stream is taken (RFC 3264 §6). Empty if the
  // offer could not even be read.
  std::string MakeRefusal(const SipMessage& offer) const;
  // False: it cannot be used. Nothing was awaited: true, and without effect.
  bool OnAnswer(const SipMessage& message);
  // The exchange under way failed: back to what was agreed.
  void Rollback() { exchange_.Rollback(); }
  // For the next offer.
  void Hold() { exchange_.Hold(); }
  void Resume() { exchange_.Resume(); }
  // The description that was sent last.
  const std::string& local_body() const { return exchange_.last_local_text(); }
  std::vector<sdp::MediaDescription> Media() const { return exchange_.Media(); }
  bool is_holding() const { return exchange_.is_holding(); }
  bool is_held_by_peer() const { return exchange_.is_held_by_peer(); }
  std::string Capabilities() const { return exchange_.Capabilities(); }

 private:
  uint64_t session_id_;
  sdp::OfferAnswer exchange_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_NEGOTIATION_H_
