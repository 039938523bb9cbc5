// InviteUsage: the session part of one dialog that an INVITE made (RFC 3261 §12 to §15; RFC 5057).
//
// Belongs to a Call, which has one for each dialog of its INVITE: several when a proxy forked it.
// Has the states of RFC 5407 §2 (figures 1 and 2), runs offers and answers (RFC 3264, 6337),
// reliable provisional responses (3262), UPDATE (3311), re-INVITE with its glare (3261 §14), and
// the session timer (4028). Acknowledges each 2xx of its INVITEs and repeats its own until they
// are.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_INVITE_USAGE_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_INVITE_USAGE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/sip/dialog/dialog_table.h"
#include "protocols/sip/ua/negotiation.h"
#include "protocols/sip/ua/outgoing_request.h"
#include "protocols/sip/ua/reliable_provisionals.h"
#include "protocols/sip/ua/session_timer.h"
#include "protocols/sip/ua/success_keeper.h"
#include "sim_core/event/timer.h"

namespace tickwire::sip {

class Call;

class InviteUsage final : public DialogUsage,
                          public RequestOwner,
                          public SuccessKeeper::Owner,
                          public ReliableProvisionals::Owner,
                          public SessionTimer::Owner,
                          private ServerLocator::Client {
 public:
  enum class State : uint8_t {
    kPreparative,  // called: INVITE received, nothing but 100 sent
    kEarly,        // 101-199 with a tag sent or received
    kMoratorium,   // 2xx sent or received, no ACK yet
    kEstablished,  // ACK sent or received
    kMortal,       // BYE sent or received, its transaction lives
    kMorgue,       // over
  };

  // Joins the agent's table with the dialog; see is_registered(). `negotiation`: the caller's
  // offer, or a fresh one.
  InviteUsage(Call& call, Dialog&& dialog, Negotiation&& negotiation);
  ~InviteUsage() override;

  State state() const { return state_; }
  // False when there was another dialog of the same name: the usage must be given up.
  bool is_registered() const { return entry_ != nullptr; }
  bool is_over() const { return state_ == State::kMorgue; }
  const Dialog& dialog() const { return entry_ != nullptr ? entry_->dialog : *last_dialog_; }
  DialogEntry& entry() { return *entry_; }
  Negotiation& negotiation() { return negotiation_; }
  const Negotiation& negotiation() const { return negotiation_; }
  SessionTimer* session_timer() { return session_timer_.get(); }

  // --- Caller: responses to the initial INVITE. `invite_number` is of its CSeq. ---
  void OnProvisional(uint32_t invite_number, const SipMessage& response);
  // The first 2xx or a copy of it: acknowledges. False: what it offers or answers is not
  // acceptable; the session must end (§13.2.2.4).
  bool OnSuccess(uint32_t invite_number, const SipMessage& invite, const SipMessage& response);
  // A final response of 300-699, or none came: the early dialog is over.
  void OnInviteFailed(const TraceLabel& reason);

  // --- Called: the initial INVITE. ---
  // Sends a response of 101 to 199, reliably if `is_reliable`; `has_session`: with offer or answer.
  void SendProvisional(ServerTransaction& invite, int status, bool is_reliable, bool has_session);
  // Whether reliable responses forbid a 2xx for now (RFC 3262 §3).
  bool must_wait_for_prack() const;
  void SendSuccess(ServerTransaction& invite);
  void SendFailure(ServerTransaction& invite, int status);
  bool is_acknowledged() const { return keepers_.empty(); }

  // --- Both. ---
  void SendBye(const TraceLabel& reason);
  // Forgets the dialog without a word to the other side.
  void Abandon(const TraceLabel& reason) { Leave(reason); }
  enum class Change : uint8_t { kNone, kHold, kResume };
  // A new offer by re-INVITE, or UPDATE if `by_update`; waits its turn behind one under way. False:
  // the state does not allow it.
  bool Modify(Change change, bool by_update);
  // Any request without session meaning (INFO, MESSAGE, OPTIONS, REFER): start it with Make, end
  // it, send it. The answer goes to the call.
  SipMessage Make(absl::string_view method);
  uint64_t Send(SipMessage&& request, uint64_t context = 0);
  Destination NextHop() const;

  // DialogUsage
  bool Takes(const SipMessage& request) const override;
  void OnRequest(ServerTransaction& transaction) override;
  void OnAck(const SipMessage& ack) override;
  std::optional<uint64_t> call() const override;

  bool IsConsistent() const;

 private:
  struct SentAck {
    uint32_t number;
    std::string wire;  // without Via while it waits
    Hop hop;           // before its size is looked at
    Hop taken;         // and after
    bool is_waiting;   // for the locator
  };

  // RequestOwner: PRACK, UPDATE, re-INVITE, BYE and what the call sends.
  void OnResponse(OutgoingRequest& request, const SipMessage& response) override;
  void OnFailure(OutgoingRequest& request, RequestFailure failure) override;
  uint32_t TakeNumber() override { return mutable_dialog().TakeNumber(); }
  void OnRequestOver(OutgoingRequest& request) override;
  // SuccessKeeper::Owner, ReliableProvisionals::Owner, SessionTimer::Owner
  void OnSuccessRepeated() override;
  void OnNoAck(SuccessKeeper& keeper) override;
  void OnNoPrack() override;
  void OnRefreshDue() override;
  void OnSessionExpired() override;
  // ServerLocator::Client: the next hop of an ACK.
  void OnLocated(uint64_t number, std::span<const Hop> hops) override;

  void SendAck(uint32_t number, const SipMessage& invite, absl::string_view body);
  void TransmitAck(SentAck& ack);
  bool ResendAck(uint32_t number);
  void SendPrack(uint32_t invite_number, uint32_t response_number, absl::string_view answer);

  // Server side of requests within the dialog.
  void OnBye(ServerTransaction& transaction);
  void OnReInvite(ServerTransaction& transaction);
  void OnUpdate(ServerTransaction& transaction);
  void OnPrack(ServerTransaction& transaction);
  void OnInfo(ServerTransaction& transaction);
  bool RefuseSessionTimer(ServerTransaction& transaction);
  void Refuse(ServerTransaction& transaction, int status);
  void RefuseForNow(ServerTransaction& transaction);  // 500 with Retry-After
  void RefreshTarget(const SipMessage& message);
  void CompleteSuccess(ServerTransaction& transaction, SipMessage&& response);

  // Client side of changes.
  bool MayOffer() const;
  void SendReInvite();
  void SendUpdate(bool with_offer);
  void OnChangeResponse(OutgoingRequest& request, const SipMessage& response);
  void OnChangeFailed(int status, bool is_reinvite);
  void StartPendingChange();
  void OnTimerGlare();
  void OnTimerLinger();
  void ReportMedia();

  Dialog& mutable_dialog() { return entry_ != nullptr ? entry_->dialog : *last_dialog_; }
  void SetState(State next, const TraceLabel& reason);
  void Leave(const TraceLabel& reason);  // to kMorgue
  void StopSession();
  bool LeaveIfMortal();

  Call& call_;
  State state_ = State::kPreparative;
  DialogEntry* entry_;                 // null in kMorgue
  std::optional<Dialog> last_dialog_;  // in kMorgue: for a late 2xx that must be acknowledged
  TraceEntity entity_;
  Negotiation negotiation_;
  std::vector<SentAck> acks_;  // to the 2xx of the initial INVITE and of the last re-INVITE
  std::vector<std::unique_ptr<SuccessKeeper>> keepers_;
  std::unique_ptr<ReliableProvisionals> reliable_;
  std::unique_ptr<SessionTimer> session_timer_;
  std::optional<uint32_t> heard_rseq_;  // caller: the last reliable response in order
  uint64_t bye_ = 0;                    // the requests under way; 0: none
  uint64_t change_ = 0;                 // re-INVITE or UPDATE
  std::string server_invite_;           // key of a re-INVITE not finally answered
  bool is_change_offer_ = false;        // the change under way carries an offer
  bool has_pending_change_ = false;     // to be sent when the one under way, or a pause, is over
  bool pending_by_update_ = false;
  bool peer_allows_update_ = false;
  bool is_session_in_success_ = true;  // called: the 2xx still has to carry offer or answer
  Timer<InviteUsage, &InviteUsage::OnTimerGlare> timer_glare_;
  Timer<InviteUsage, &InviteUsage::OnTimerLinger> timer_linger_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_INVITE_USAGE_H_
