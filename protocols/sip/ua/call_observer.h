// CallObserver: who hears what a user agent's calls do.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_CALL_OBSERVER_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_CALL_OBSERVER_H_

#include "protocols/sip/message/sip_message.h"

namespace tickwire::sip {

class Call;
class InviteUsage;
class Negotiation;
class Registration;
class Subscriber;
class UserAgent;

class CallObserver {
 public:
  virtual ~CallObserver() = default;
  // At the end of each event that changed the call's state; in kEnded for the last time. May place,
  // cancel and end calls.
  virtual void OnCallState(UserAgent& agent, const Call& call) = 0;

  // During the event; these must not act on calls.
  // The offer of a new INVITE of ours: from now on media may come for it (RFC 3264 §5.1), before
  // there is any dialog.
  virtual void OnOffer(UserAgent&, const Call&, const Negotiation&) {}
  // What the negotiation of this dialog says about media has changed.
  virtual void OnMedia(UserAgent&, const Call&, const InviteUsage&) {}
  // A re-INVITE or UPDATE of either side: 200, or how ours was refused.
  virtual void OnSessionChange(UserAgent&, const Call&, int /*status*/) {}
  // INFO or MESSAGE within a call, or (null) MESSAGE outside.
  virtual void OnRequest(UserAgent&, const Call*, const SipMessage&) {}
  // The final answer to a request of ours that is no INVITE and no BYE, within a call or (null)
  // outside.
  virtual void OnAnswer(UserAgent&, const Call*, const SipMessage& /*response*/) {}
  virtual void OnSubscription(UserAgent&, const Subscriber&) {}  // its state changed
  virtual void OnNotification(UserAgent&, const Subscriber&, const SipMessage& /*notify*/) {}
  virtual void OnRegistration(UserAgent&, const Registration&) {}  // its state changed
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_CALL_OBSERVER_H_
