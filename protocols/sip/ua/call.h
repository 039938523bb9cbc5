// Call: one INVITE, the session that it makes, and its end (RFC 3261 §9, §13 to §15).
//
// Belongs to a UserAgent, which gives it the messages that are its own. One class for both roles;
// what only the caller does is in outgoing_call.cc, what only the called does in incoming_call.cc.
// A call that has ended stays as a record until its INVITE transaction is over, because a late copy
// of the 2xx must still be acknowledged with the same ACK (§13.2.2.4).
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_CALL_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_CALL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "protocols/sip/dialog/dialog.h"
#include "protocols/sip/message/sip_message.h"
#include "protocols/sip/transaction/transaction.h"
#include "protocols/sip/ua/ua_labels.h"
#include "sim_core/base/strong_alias.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class UserAgent;

// Names a call of one user agent, counted from 1.
using CallHandle = StrongAlias<struct CallHandleTag, uint64_t>;

enum class CallRole : uint8_t { kCaller, kCalled };

enum class CallState : uint8_t {
  kInviting,    // caller: INVITE sent
  kRinging,     // both: 101-199 received or sent
  kCancelling,  // caller: CANCEL sent or waiting for a provisional response
  kIncoming,    // called: INVITE received
  kAnswered,    // called: 2xx sent, no ACK yet
  kConfirmed,   // both: ACK sent or received
  kEnding,      // both: BYE sent
  kEnded,
};

enum class CallEnd : uint8_t {
  kNone,           // not ended
  kHungUp,         // this side sent BYE
  kHungUpByPeer,   // BYE received
  kCancelled,      // CANCEL, either way
  kRejected,       // a final response of 300-699, either way
  kNoResponse,     // timer B, or no final response after CANCEL
  kNoAck,          // 2xx never acknowledged: BYE after 64*T1
  kNetworkError,   // the network reported the peer unreachable
  kProtocolError,  // the peer's 2xx could not be used
};

// Stable names for files and people: "confirmed", "hung_up_by_peer".
absl::string_view CallStateName(CallState state);
absl::string_view CallEndName(CallEnd end);

class Call {
 public:
  Call(UserAgent& agent, CallHandle handle, CallRole role, std::string call_id,
       std::string local_tag);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  CallHandle handle() const { return handle_; }
  CallRole role() const { return role_; }
  CallState state() const { return state_; }
  CallEnd end() const { return end_; }
  bool was_answered() const { return was_answered_; }
  int final_status() const { return final_status_; }  // of the INVITE; 0: none yet
  const std::string& call_id() const { return call_id_; }
  const std::string& local_tag() const { return local_tag_; }
  const Dialog* dialog() const { return dialog_.has_value() ? &*dialog_ : nullptr; }

  // --- What the user does. ---
  void Place(absl::string_view target, const Hop& hop);  // caller, once
  void Cancel();  // caller, before the final response; else no effect
  void HangUp();  // CANCEL, BYE, or rejection, whatever the state asks for

  // --- From the user agent: caller. ---
  void OnInviteResponse(ClientTransaction& transaction, const SipMessage& response);
  void OnInviteFailed(CallEnd end, const TraceLabel& reason);  // timer B, transport error
  // --- Called. ---
  void OnInvite(ServerTransaction& transaction);
  void OnCancel();
  void OnAck();
  // --- Both. ---
  void OnRequest(ServerTransaction& transaction);  // within the dialog
  void OnByeFinished(const TraceLabel& reason);
  void OnInviteTerminated() { invite_key_.clear(); }
  // Whether the state has changed since the last call of this.
  bool TakeNews() { return std::exchange(announced_, state_) != state_; }

  // Nothing can come for it any more: ended, and no 2xx left to acknowledge.
  bool is_over() const {
    return state_ == CallState::kEnded && (invite_key_.empty() || ack_.empty());
  }
  bool IsConsistent() const;

 private:
  // A dialog made by a 2xx of another branch of a forked INVITE.
  struct Surplus {
    std::string remote_tag;
    std::string ack;
    Hop hop;
  };

  void OnProvisional(const SipMessage& response);
  void OnSuccess(const SipMessage& response);
  void OnFailure(const SipMessage& response);
  void OnSurplusSuccess(const SipMessage& response);
  void SendCancel();
  void Confirm(const TraceLabel& reason);
  void RespondToInvite(int status);
  void Ring();
  void Answer();
  void SendBye(const TraceLabel& reason, CallEnd end);
  Hop HopOf(const Dialog& dialog) const;
  void End(CallEnd end, const TraceLabel& reason);
  void SetState(CallState next, const TraceLabel& reason);

  void OnTimer2xx();
  void OnTimerAckWait();
  void OnTimerCancelled();
  void OnTimerRing();
  void OnTimerAnswer();
  void OnTimerHangUp();
  void OnTimerGiveUp();

  UserAgent& agent_;
  CallHandle handle_;
  CallRole role_;
  CallState state_;
  CallState announced_;
  CallEnd end_ = CallEnd::kNone;
  CallEnd end_after_bye_ = CallEnd::kHungUp;
  bool was_answered_ = false;
  bool has_provisional_ = false;  // caller: CANCEL may be sent (§9.1)
  bool is_cancel_sent_ = false;
  bool hang_up_on_ack_ = false;
  int final_status_ = 0;
  uint32_t invite_number_ = 0;
  std::string call_id_;
  std::string local_tag_;
  std::string invite_key_;  // of the INVITE's transaction while it lives
  Hop hop_;                 // of the INVITE, or of responses to it
  std::optional<Dialog> dialog_;
  std::string ack_;  // octets of the ACK to the 2xx
  Hop ack_hop_;
  std::vector<Surplus> surplus_;
  Duration resend_interval_;
  TraceEntity entity_;
  Timer<Call, &Call::OnTimer2xx> timer_2xx_;
  Timer<Call, &Call::OnTimerAckWait> timer_ack_wait_;
  Timer<Call, &Call::OnTimerCancelled> timer_cancelled_;
  Timer<Call, &Call::OnTimerRing> timer_ring_;
  Timer<Call, &Call::OnTimerAnswer> timer_answer_;
  Timer<Call, &Call::OnTimerHangUp> timer_hang_up_;
  Timer<Call, &Call::OnTimerGiveUp> timer_give_up_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_CALL_H_
