// Referral: the call that a REFER asked us for, and what the referrer hears of it (RFC 3515 §2.4).
//
// The package "refer" of one subscription, which the REFER made: its state is the status line of
// the latest response to our INVITE, as message/sipfrag (RFC 3420).
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_REFERRAL_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_REFERRAL_H_

#include <string>

#include "protocols/sip/ua/call_options.h"
#include "protocols/sip/ua/call_state.h"
#include "protocols/sip/ua/event_package.h"
#include "protocols/sip/ua/subscription_handle.h"

namespace tickwire::sip {

class Referral final : public EventPackage {
 public:
  explicit Referral(NotifierHandle notifier) : notifier_(notifier) {}

  NotifierHandle notifier() const { return notifier_; }
  CallHandle call() const { return call_; }
  void set_call(CallHandle call) { call_ = call; }
  // True if this is news for the referrer.
  bool SetStatus(int status, absl::string_view reason);

  absl::string_view name() const override { return "refer"; }
  absl::string_view content_type() const override { return "message/sipfrag;version=2.0"; }
  Policy PolicyFor(absl::string_view, absl::string_view) override { return Policy::kGranted; }
  std::string StateOf(absl::string_view resource, uint32_t version) override;

 private:
  NotifierHandle notifier_;
  CallHandle call_;
  int status_ = 100;
  std::string reason_ = "Trying";
};

// A call as Refer-To wants it (RFC 3515 §2.4.2): the URI without its header part, whose Replaces
// and others become headers of the INVITE (RFC 3261 §19.1.5). Nothing for another scheme than SIP,
// or another method than INVITE.
std::optional<CallOptions> CallOfReferTo(absl::string_view refer_to_uri);

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_REFERRAL_H_
