// How a proxy ends a dialog that nobody wants: the surplus 2xx of a forked INVITE (policy
// ACK_AND_BYE; RFC 3261 §13.2.2.4 leaves this to the caller).
//
// It speaks in the caller's place: same From, Call-ID and CSeq. Where the caller would have put its
// next CSeq number is unknown here; the INVITE's plus one is taken, and no other request of this
// dialog ever follows.
#ifndef TICKWIRE_PROTOCOLS_SIP_PROXY_SURPLUS_ANSWER_H_
#define TICKWIRE_PROTOCOLS_SIP_PROXY_SURPLUS_ANSWER_H_

#include <string>

#include "protocols/sip/message/sip_message.h"

namespace tickwire::sip {

struct SurplusAnswer {
  SipMessage ack;
  SipMessage bye;
  std::string next_hop;  // URI: the first route behind us, or the contact
};

// `invite` as we sent it on that branch, `success` as it came back. The Vias are still missing.
// Nothing when the 2xx has no usable Contact.
std::optional<SurplusAnswer> MakeSurplusAnswer(const SipMessage& invite, const SipMessage& success);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_PROXY_SURPLUS_ANSWER_H_
