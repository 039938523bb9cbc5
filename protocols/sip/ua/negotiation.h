// Negotiation: offer and answer of one dialog (RFC 3264, with RFC 6337 for which message carries
// which), on top of sdp::OfferAnswer. A value: a forked INVITE's offer is copied into each dialog.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_NEGOTIATION_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_NEGOTIATION_H_

#include <string>

#include "absl/strings/string_view.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/transport/endpoint.h"

namespace tickwire::sip {

class Negotiation {
 public:
  static constexpr absl::string_view kContentType = "application/sdp";
  enum class State : uint8_t {
    kNone,           // no offer yet
    kOfferSent,      // ours waits for an answer
    kOfferReceived,  // theirs waits for ours
    kAgreed,         // no exchange under way
  };
  explicit Negotiation(absl::string_view user) : user_(user) {}

  State state() const { return state_; }
  // Whether the message has a session description.
  static bool IsSession(const SipMessage& message);
  // The local media address, before the first offer or answer.
  void set_source(const IpAddress& address) { source_ = address; }

  std::string MakeOffer();
  // 0, or the status that refuses it: 400, 488.
  int OnOffer(const SipMessage& message);
  std::string MakeAnswer();
  // An answer to an offer that is not acceptable: all streams refused.
  std::string MakeRefusal();
  bool OnAnswer(const SipMessage& message);
  // The exchange under way failed: back to what was agreed.
  void Rollback();
  // For the next offer.
  void Hold() { hold_ = true; }
  void Resume() { hold_ = false; }
  // The description that was sent last.
  const std::string& local_body() const { return local_body_; }

 private:
  std::string Body();
  std::string user_;
  IpAddress source_;
  State state_ = State::kNone;
  State before_ = State::kNone;
  bool hold_ = false;
  std::string local_body_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_NEGOTIATION_H_
