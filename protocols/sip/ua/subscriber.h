// Subscriber: one subscription, seen from the side that asked for it (RFC 6665 §4.1, figure of
// §4.1.2).
//
// Sends SUBSCRIBE, waits for NOTIFY, refreshes, unsubscribes. The dialog is made by the first
// NOTIFY (§4.4.1). REFER makes one without SUBSCRIBE (RFC 3515 §2.4.4). Owned by the UserAgent;
// over when it is terminated and nothing of its own is under way.
//
// MODEL: when a SUBSCRIBE was forked, the first NOTIFY makes the subscription and those of other
// branches get 481, which §4.4.1 leaves to the package.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_SUBSCRIBER_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_SUBSCRIBER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "protocols/sip/dialog/dialog_table.h"
#include "protocols/sip/ua/call_options.h"
#include "protocols/sip/ua/outgoing_request.h"
#include "protocols/sip/ua/subscription_handle.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class UserAgent;

struct SubscribeOptions {
  std::string target;            // Request-URI and To
  std::string event;             // value of Event: "presence", "reg;id=7"
  std::string accept;            // value of Accept; empty: none
  uint32_t expires = 3600;       // seconds; 0 polls once (§4.4.3)
  std::string refer_to;          // a URI: REFER is sent instead of SUBSCRIBE (RFC 3515)
  bool subscribes_again = true;  // after an end that allows it (§4.1.3)
};

class Subscriber final : public DialogUsage, public RequestOwner {
 public:
  enum class State : uint8_t { kInit, kNotifyWait, kPending, kActive, kTerminated };

  Subscriber(UserAgent& agent, SubscriptionHandle handle, const SubscribeOptions& options);
  ~Subscriber() override;

  SubscriptionHandle handle() const { return handle_; }
  State state() const { return state_; }
  const SubscribeOptions& options() const { return options_; }
  // Why it ended: the reason of the last NOTIFY, or a status; empty while it lives.
  const std::string& end_reason() const { return end_reason_; }
  uint32_t notifications() const { return notifications_; }

  // Sends the first SUBSCRIBE. Once.
  void Start(Destination&& destination);
  // Instead: sends a REFER within a dialog, which makes the subscription (RFC 3515 §2.4.4).
  void StartRefer(DialogEntry& entry, SipMessage&& refer, Destination&& destination);
  void Unsubscribe();

  // Whether a NOTIFY outside known dialogs makes the dialog of this subscription (§4.4.1).
  bool IsAwaiting(const SipMessage& notify) const;
  void OnFirstNotify(ServerTransaction& transaction);

  // DialogUsage
  bool Takes(const SipMessage& request) const override;
  void OnRequest(ServerTransaction& transaction) override;

  // Nothing can come for it any more.
  bool is_over() const { return state_ == State::kTerminated && !timer_retry_.is_set(); }

 private:
  void OnResponse(OutgoingRequest& request, const SipMessage& response) override;
  void OnFailure(OutgoingRequest& request, RequestFailure failure) override;
  uint32_t TakeNumber() override;

  void SendFirst(Destination&& destination);
  void SendRefresh(uint32_t expires);
  void OnNotify(ServerTransaction& transaction);
  void Grant(uint32_t seconds);
  void Terminate(const TraceLabel& reason, absl::string_view why);
  void SetState(State next, const TraceLabel& reason);
  void OnTimerN();
  void OnTimerRefresh();
  void OnTimerExpiry();
  void OnTimerRetry();

  UserAgent& agent_;
  SubscriptionHandle handle_;
  SubscribeOptions options_;
  State state_ = State::kInit;
  std::string call_id_;
  std::string local_tag_;
  uint32_t number_ = 0;        // of CSeq, before there is a dialog
  uint32_t refer_number_ = 0;  // 0: no REFER
  DialogEntry* entry_ = nullptr;
  Hop hop_;
  OutgoingRequest* first_ = nullptr;  // the initial SUBSCRIBE while it lives
  bool is_unsubscribing_ = false;
  uint32_t notifications_ = 0;
  std::string end_reason_;
  TraceEntity entity_;
  Timer<Subscriber, &Subscriber::OnTimerN> timer_n_;
  Timer<Subscriber, &Subscriber::OnTimerRefresh> timer_refresh_;
  Timer<Subscriber, &Subscriber::OnTimerExpiry> timer_expiry_;
  Timer<Subscriber, &Subscriber::OnTimerRetry> timer_retry_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_SUBSCRIBER_H_
