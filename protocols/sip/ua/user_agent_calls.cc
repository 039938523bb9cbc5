// The calls of a user agent: what its owner may do with them, and who hears of them.
#include <utility>

#include "protocols/sip/ua/user_agent.h"

namespace tickwire::sip {

CallHandle UserAgent::PlaceCall(absl::string_view target, const Endpoint& next_hop) {
  CallOptions options;
  options.target = std::string(target);
  Hop hop = FirstHop({options.target, {}});  // the transport that the target asks for
  hop.remote = next_hop;
  return PlaceCall(options, Destination{options.target, {hop}});
}

CallHandle UserAgent::PlaceCall(const CallOptions& options) {
  return PlaceCall(options, DestinationFor(options.target));
}

CallHandle UserAgent::PlaceCall(const CallOptions& options, Destination&& destination) {
  const EventScope scope(*this);
  ++counters_.placed;
  Call& call = NewCall(CallRole::kCaller, NewCallId(destination));
  call.Place(options, std::move(destination));
  return call.handle();
}

void UserAgent::Cancel(CallHandle handle) {
  const EventScope scope(*this);
  if (Call* const call = FindByContext(handle.value)) call->Cancel();
}

void UserAgent::HangUp(CallHandle handle) {
  const EventScope scope(*this);
  if (Call* const call = FindByContext(handle.value)) call->HangUp();
}

void UserAgent::EndEarlyDialog(CallHandle handle) {
  const EventScope scope(*this);
  if (Call* const call = FindByContext(handle.value)) call->EndEarlyDialog();
}

void UserAgent::Ring(CallHandle handle, int status) {
  const EventScope scope(*this);
  if (Call* const call = FindByContext(handle.value)) call->Ring(status);
}

void UserAgent::Answer(CallHandle handle) {
  const EventScope scope(*this);
  if (Call* const call = FindByContext(handle.value)) call->Answer();
}

void UserAgent::Reject(CallHandle handle, int status) {
  const EventScope scope(*this);
  if (Call* const call = FindByContext(handle.value)) call->Reject(status);
}

bool UserAgent::Modify(CallHandle handle, InviteUsage::Change change, bool by_update) {
  const EventScope scope(*this);
  Call* const call = FindByContext(handle.value);
  return call != nullptr && call->Modify(change, by_update);
}

bool UserAgent::SendWithin(CallHandle handle, absl::string_view method, const HeaderRows& rows,
                           absl::string_view body_type, absl::string_view body) {
  const EventScope scope(*this);
  Call* const call = FindByContext(handle.value);
  return call != nullptr && call->SendWithin(method, rows, body_type, body);
}

const Call* UserAgent::FindCall(CallHandle handle) const {
  const auto found = calls_.find(handle.value);
  return found == calls_.end() ? nullptr : found->second.get();
}

// --- Calls. ---

Call* UserAgent::FindByContext(uint64_t context) {
  const auto found = calls_.find(context);
  return found == calls_.end() ? nullptr : found->second.get();
}

Call* UserAgent::FindCallByDialog(absl::string_view call_id, absl::string_view local_tag,
                                  absl::string_view remote_tag) {
  const DialogEntry* const entry = dialogs_.Find(call_id, local_tag, remote_tag);
  if (entry == nullptr) return nullptr;
  for (const DialogUsage* const usage : entry->usages) {
    if (const std::optional<uint64_t> call = usage->call()) return FindByContext(*call);
  }
  return nullptr;
}

Call& UserAgent::NewCall(CallRole role, std::string call_id) {
  const uint64_t handle = ++last_handle_;
  auto call = std::make_unique<Call>(*this, CallHandle{handle}, role, std::move(call_id), NewTag());
  return *calls_.emplace(handle, std::move(call)).first->second;
}

void UserAgent::Touch(Call& call) {
  if (std::exchange(call.has_news_, true)) return;
  with_news_.push_back(call.handle().value);
}

void UserAgent::LeaveEvent() {
  if (depth_ == 1) {
    // What an observer does about one call may touch others, which then join the list.
    for (size_t i = 0; i < with_news_.size(); ++i) {
      const uint64_t handle = with_news_[i];
      Call* call = FindByContext(handle);
      if (call == nullptr) continue;
      call->has_news_ = false;
      if (call->TakeNews()) {
        TellReferrer(*call);
        if (observer_ != nullptr) observer_->OnCallState(*this, *call);
        call = FindByContext(handle);
      }
      if (call != nullptr && call->is_over() && !call->has_news_) calls_.erase(handle);
    }
    with_news_.clear();
    EraseSettled();
  }
  --depth_;
}

void UserAgent::CountEnd(const Call& call) {
  ++counters_.ended;
  ++(call.was_answered() ? counters_.answered : counters_.failed);
  if (call.role() != CallRole::kCaller) return;
  ++(call.was_answered() ? counters_.placed_and_answered : counters_.placed_and_failed);
}

void UserAgent::ReportOffer(Call& call, const Negotiation& offer) {
  if (observer_ != nullptr) observer_->OnOffer(*this, call, offer);
}

void UserAgent::ReportMedia(Call& call, InviteUsage& usage) {
  if (observer_ != nullptr) observer_->OnMedia(*this, call, usage);
}

void UserAgent::ReportChange(Call& call, InviteUsage&, int status) {
  if (observer_ != nullptr) observer_->OnSessionChange(*this, call, status);
}

void UserAgent::ReportRequest(Call& call, const SipMessage& request) {
  if (observer_ != nullptr) observer_->OnRequest(*this, &call, request);
}

}  // namespace tickwire::sip
