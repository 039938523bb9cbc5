// Notifier: one subscription, seen from the side that grants it (RFC 6665 §4.2, figure of §4.2.2).
//
// Answers SUBSCRIBE, sends NOTIFY at once and at each change, ends when nobody refreshes or when a
// NOTIFY fails. One NOTIFY is under way at a time; what changes meanwhile goes into the next. Owned
// by the UserAgent.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_NOTIFIER_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_NOTIFIER_H_

#include <cstdint>
#include <string>

#include "protocols/sip/dialog/dialog_table.h"
#include "protocols/sip/ua/event_package.h"
#include "protocols/sip/ua/outgoing_request.h"
#include "protocols/sip/ua/subscription_handle.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class UserAgent;

class Notifier final : public DialogUsage, public RequestOwner {
 public:
  enum class State : uint8_t { kInit, kRespWait, kPending, kActive, kTerminated };

  // All must outlive this. `event` is the value of Event in NOTIFY.
  Notifier(UserAgent& agent, NotifierHandle handle, EventPackage& package, std::string resource,
           std::string event);
  ~Notifier() override;

  NotifierHandle handle() const { return handle_; }
  State state() const { return state_; }
  const EventPackage& package() const { return package_; }
  const std::string& resource() const { return resource_; }

  // The initial SUBSCRIBE, which the package grants: `expires` seconds, not more than it asked for.
  // Answers, and sends the first NOTIFY. False: it was refused.
  bool Accept(ServerTransaction& transaction, uint32_t expires, bool is_pending);
  // Instead: a REFER, in the dialog of `entry` or (null) one that it makes (RFC 3515 §2.4.4).
  // Answers 202 and sends the first NOTIFY. False: it was refused.
  bool AcceptRefer(ServerTransaction& transaction, DialogEntry* entry, uint32_t expires);

  // The state of the resource has changed.
  void Notify();
  // Policy has changed: what was pending may be granted, or refused, now.
  void ReviewPolicy();
  // The last NOTIFY, with this reason (§4.1.3).
  void Terminate(absl::string_view reason, uint32_t retry_after = 0);

  // DialogUsage
  bool Takes(const SipMessage& request) const override;
  void OnRequest(ServerTransaction& transaction) override;

  bool is_over() const { return state_ == State::kTerminated && notify_ == 0; }

 private:
  void OnResponse(OutgoingRequest& request, const SipMessage& response) override;
  void OnFailure(OutgoingRequest& request, RequestFailure failure) override;
  uint32_t TakeNumber() override { return entry_->dialog.TakeNumber(); }

  bool MakeDialog(const ServerTransaction& transaction);
  void Respond(ServerTransaction& transaction, int status, std::optional<uint32_t> expires);
  void SendNotify();
  void OnNotifyOver();
  void Drop(const TraceLabel& reason);
  void SetState(State next, const TraceLabel& reason);
  void OnTimerExpiry();

  UserAgent& agent_;
  NotifierHandle handle_;
  EventPackage& package_;
  std::string resource_;
  std::string watcher_;  // the URI of From
  std::string event_;
  State state_ = State::kInit;
  DialogEntry* entry_ = nullptr;
  Hop hop_;
  std::string local_tag_;
  uint64_t notify_ = 0;  // under way; 0: none
  bool is_notify_due_ = false;
  uint32_t version_ = 0;
  std::string end_reason_;
  uint32_t retry_after_ = 0;
  TraceEntity entity_;
  Timer<Notifier, &Notifier::OnTimerExpiry> timer_expiry_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_NOTIFIER_H_
