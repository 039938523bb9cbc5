// SipCallPlan: what the scenario wants of one call beyond what the user agent does by itself.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_CALL_PLAN_H_
#define TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_CALL_PLAN_H_

#include <optional>
#include <string>

#include "protocols/sip/ua/user_agent.h"
#include "sim_core/event/timer.h"

namespace tickwire {

struct SipCallWishes {
  std::optional<Duration> hang_up_after;   // from the confirmation to BYE
  std::optional<Duration> cancel_after;    // from the INVITE to CANCEL
  std::optional<Duration> hold_after;      // from the confirmation to a hold
  std::optional<Duration> resume_after;    // from the hold to its end
  std::optional<Duration> transfer_after;  // from the confirmation to REFER
  std::string transfer_to;                 // a URI
};

class SipCallPlan {
 public:
  // All must outlive this.
  SipCallPlan(sip::UserAgent& agent, const TraceEntity& entity, SipCallWishes wishes);
  // The call is there. Once.
  void Start(sip::CallHandle call);
  void OnState(sip::CallState state);
  sip::CallHandle call() const { return call_; }

 private:
  void OnHangUp() { agent_.HangUp(call_); }
  void OnCancel() { agent_.Cancel(call_); }
  void OnHold();
  void OnResume() { agent_.Modify(call_, sip::InviteUsage::Change::kResume, /*by_update=*/false); }
  void OnTransfer() { agent_.Refer(call_, wishes_.transfer_to); }

  sip::UserAgent& agent_;
  SipCallWishes wishes_;
  sip::CallHandle call_;
  Timer<SipCallPlan, &SipCallPlan::OnHangUp> hang_up_;
  Timer<SipCallPlan, &SipCallPlan::OnCancel> cancel_;
  Timer<SipCallPlan, &SipCallPlan::OnHold> hold_;
  Timer<SipCallPlan, &SipCallPlan::OnResume> resume_;
  Timer<SipCallPlan, &SipCallPlan::OnTransfer> transfer_;
};

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_ROLES_SIP_CALL_PLAN_H_
