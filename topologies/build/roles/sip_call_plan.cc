#include "topologies/build/roles/sip_call_plan.h"

#include <utility>

namespace tickwire {
namespace {

constexpr TraceLabel kHangUpAfter{"hang up", "the scenario ends the call then"};
constexpr TraceLabel kCancelAfter{"cancel", "the scenario gives up then (RFC 3261 9.1)"};
constexpr TraceLabel kHoldAfter{"hold", "the scenario puts the call on hold then"};
constexpr TraceLabel kResumeAfter{"resume", "the scenario ends the hold then"};
constexpr TraceLabel kTransferAfter{"transfer", "the scenario transfers the call then"};

}  // namespace

SipCallPlan::SipCallPlan(sip::UserAgent& agent, const TraceEntity& entity, SipCallWishes wishes)
    : agent_(agent),
      wishes_(std::move(wishes)),
      hang_up_(agent.clock(), *this, kHangUpAfter, entity),
      cancel_(agent.clock(), *this, kCancelAfter, entity),
      hold_(agent.clock(), *this, kHoldAfter, entity),
      resume_(agent.clock(), *this, kResumeAfter, entity),
      transfer_(agent.clock(), *this, kTransferAfter, entity) {}

void SipCallPlan::Start(sip::CallHandle call) {
  call_ = call;
  if (wishes_.cancel_after) cancel_.Set(*wishes_.cancel_after);
}

void SipCallPlan::OnState(sip::CallState state) {
  if (state == sip::CallState::kConfirmed) {
    cancel_.Cancel();
    if (wishes_.hang_up_after) hang_up_.Set(*wishes_.hang_up_after);
    if (wishes_.hold_after) hold_.Set(*wishes_.hold_after);
    if (wishes_.transfer_after) transfer_.Set(*wishes_.transfer_after);
  } else if (state == sip::CallState::kEnding || state == sip::CallState::kEnded) {
    cancel_.Cancel();
    hang_up_.Cancel();
    hold_.Cancel();
    resume_.Cancel();
    transfer_.Cancel();
  }
}

void SipCallPlan::OnHold() {
  if (wishes_.resume_after) resume_.Set(*wishes_.resume_after);
  agent_.Modify(call_, sip::InviteUsage::Change::kHold, /*by_update=*/false);
}

}  // namespace tickwire
