// Call: one INVITE, the sessions that it makes, and their end (RFC 3261 §9, §13 to §15).
//
// Belongs to a UserAgent, which gives it what is its own. One class for both roles; what only the
// caller does is in outgoing_call.cc, what only the called does in incoming_call.cc. A caller has
// one InviteUsage for each dialog that its INVITE makes, of which the first to be answered stays;
// the called has one. A call that has ended stays as a record while something may come for it: a
// late 2xx that must be acknowledged (§13.2.2.4), the answer to a BYE.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_CALL_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_CALL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocols/sip/ua/call_options.h"
#include "protocols/sip/ua/call_state.h"
#include "protocols/sip/ua/invite_usage.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class UserAgent;

class Call final : public RequestOwner {
 public:
  Call(UserAgent& agent, CallHandle handle, CallRole role, std::string call_id,
       std::string local_tag);
  ~Call() override;

  UserAgent& agent() { return agent_; }
  CallHandle handle() const { return handle_; }
  CallRole role() const { return role_; }
  CallState state() const { return state_; }
  CallEnd end() const { return end_; }
  bool was_answered() const { return was_answered_; }
  int final_status() const { return final_status_; }  // of the INVITE; 0: none yet
  const std::string& call_id() const { return call_id_; }
  const std::string& local_tag() const { return local_tag_; }
  // The identity on this side, "alice".
  const std::string& user() const { return user_; }
  // The dialog that counts: the answered one, else the newest; null if there is none.
  const Dialog* dialog() const;
  InviteUsage* usage() { return active_; }
  const InviteUsage* usage() const { return active_; }
  size_t dialog_count() const { return usages_.size(); }
  const Hop& hop() const { return hop_; }
  // Value of the Reason header of our BYE (RFC 3326); empty: none.
  const std::string& bye_reason() const { return bye_reason_; }
  void set_bye_reason(std::string value) { bye_reason_ = std::move(value); }

  // --- What the user does. ---
  void Place(const CallOptions& options, Destination&& destination);  // caller, once
  void Cancel();  // caller, before the final response; else no effect
  void HangUp();  // CANCEL, BYE, or rejection, whatever the state asks for
  // Ends one early dialog by BYE and leaves the others (§15.1.1; RFC 5407 §2). Caller.
  void EndEarlyDialog();
  // False: the state does not allow it.
  bool Modify(InviteUsage::Change change, bool by_update);
  // A request within the dialog, e.g. INFO. Nothing without a dialog.
  bool SendWithin(absl::string_view method, const HeaderRows& rows, absl::string_view body_type,
                  absl::string_view body);
  // Called: the responses that Behaviour would send by itself.
  void Ring(int status = 180);
  void Answer();
  void Reject(int status);

  // --- From the user agent: called. ---
  void OnInvite(ServerTransaction& transaction);
  void OnCancel();
  // The INVITE's server transaction met an ICMP error or timer H; it ends by itself.
  void OnInviteTerminated() { invite_key_.clear(); }
  // Whether the state has changed since the last call of this.
  bool TakeNews() { return std::exchange(announced_, state_) != state_; }

  // --- From its usages. ---
  void OnBye(InviteUsage& usage, InviteUsage::State before);
  void OnByeOver(InviteUsage& usage);
  void OnNoAck(InviteUsage& usage);
  void OnNoPrack(InviteUsage& usage);
  // Sends the 2xx that had to wait for a PRACK or for the end of an UPDATE.
  void AnswerIfDue(InviteUsage& usage);
  void OnAcknowledged(InviteUsage& usage, bool is_acceptable);
  void OnSessionExpired(InviteUsage& usage);
  // The peer does not know the dialog any more, or its network is gone.
  void OnDialogLost(InviteUsage& usage, const TraceLabel& reason);
  void OnMedia(InviteUsage& usage);
  void OnChanged(InviteUsage& usage);
  void OnChangeRefused(InviteUsage& usage, int status);
  void OnInfo(const SipMessage& request);
  void OnRefer(InviteUsage& usage, ServerTransaction& transaction);
  // To what SendWithin sent.
  void OnAnswerWithinDialog(InviteUsage& usage, const SipMessage& response);
  // A response to an INVITE (or UPDATE) of this call, with all but session timer and body.
  SipMessage StartInviteResponse(const ServerTransaction& transaction, int status);

  // Nothing can come for it any more.
  bool is_over() const;
  bool IsConsistent() const;

 private:
  friend class UserAgent;  // for the list of calls with news

  // RequestOwner: the initial INVITE.
  void OnResponse(OutgoingRequest& request, const SipMessage& response) override;
  void OnFailure(OutgoingRequest& request, RequestFailure failure) override;
  uint32_t TakeNumber() override { return ++invite_number_; }
  void OnRequestOver(OutgoingRequest& request) override;

  void SendInvite(Destination&& destination);
  void OnProvisional(const SipMessage& response);
  void OnSuccess(const SipMessage& response);
  void OnRejection(const SipMessage& response);
  bool AskAgain(const SipMessage& response);
  // The usage of the dialog that a response belongs to; made if it is new. Null: the response
  // cannot make one.
  InviteUsage* UsageFor(const SipMessage& response);
  bool AcceptOffer(ServerTransaction& transaction);
  bool AcceptReplaces(ServerTransaction& transaction);
  void EndEarlyDialogs(const TraceLabel& reason);
  void SendCancel();
  bool MayNotSayBye(int status);
  void Confirm(const TraceLabel& reason);
  void StartBehaviour();
  void SendRejection(int status);
  ServerTransaction* invite_transaction();
  bool SendsReliably(const ServerTransaction& invite) const;
  void SendBye(InviteUsage& usage, const TraceLabel& reason, CallEnd end);
  void End(CallEnd end, const TraceLabel& reason);
  void SetState(CallState next, const TraceLabel& reason);

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
  bool is_cancel_sent_ = false;
  bool hang_up_on_ack_ = false;
  bool is_answer_due_ = false;  // called: waits for a PRACK
  bool has_news_ = false;       // in the agent's list
  int final_status_ = 0;
  uint32_t invite_number_ = 0;
  std::string call_id_;
  std::string local_tag_;
  std::string user_;
  std::string bye_reason_;
  std::string invite_key_;             // called: of the INVITE's transaction while it lives
  OutgoingRequest* invite_ = nullptr;  // caller: while anything may come for it
  std::unique_ptr<CallOptions> options_;
  std::optional<Negotiation> offer_;  // caller: what each early dialog begins with
  uint32_t least_interval_ = 0;       // caller: the greatest Min-SE of a 422 (RFC 4028 §7.4)
  Hop hop_;                           // of the INVITE, or of responses to it
  static constexpr size_t kMaxEarlyDialogs = 64;  // of one INVITE
  std::vector<std::unique_ptr<InviteUsage>> usages_;
  InviteUsage* active_ = nullptr;
  TraceEntity entity_;
  Timer<Call, &Call::OnTimerCancelled> timer_cancelled_;
  Timer<Call, &Call::OnTimerRing> timer_ring_;
  Timer<Call, &Call::OnTimerAnswer> timer_answer_;
  Timer<Call, &Call::OnTimerHangUp> timer_hang_up_;
  Timer<Call, &Call::OnTimerGiveUp> timer_give_up_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_CALL_H_
