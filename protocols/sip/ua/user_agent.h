// UserAgent: the core of one SIP phone or gateway (RFC 3261 §8, §9, §12 to §15).
//
// Calls, rings, answers, acknowledges, cancels and hangs up, by order of its owner or by its
// Behaviour. Owns its socket, transactions, dialogs and calls; needs only a clock, a datagram stack
// and a run seed. All its random texts (branches, tags, Call-IDs) come from streams of its own.
//
// MODEL: no registration, authentication, redirection, reliable provisional responses or session
// changes yet: a re-INVITE is answered 488. Requests within a dialog go to the address in the route
// or target URI, or, when that is a name, where the INVITE went (no DNS).
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_USER_AGENT_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_USER_AGENT_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "protocols/sip/transaction/transaction_table.h"
#include "protocols/sip/transport/sip_transport.h"
#include "protocols/sip/ua/behaviour.h"
#include "protocols/sip/ua/call.h"
#include "sim_core/random/rng.h"

namespace tickwire::sip {

class CallObserver {
 public:
  virtual ~CallObserver() = default;
  // At the end of each event that changed the call's state; in kEnded for the last time. May place,
  // cancel and end calls.
  virtual void OnCallState(UserAgent& agent, const Call& call) = 0;
};

class UserAgent final : private SipTransport::Listener, private TransactionUser {
 public:
  // All must outlive this.
  struct Env {
    NodeClock& clock;
    DatagramStack& sockets;
    RunSeed seed;
  };
  struct Counters {
    uint64_t placed = 0;               // calls of ours
    uint64_t received = 0;             // INVITEs that began a call
    uint64_t answered = 0;             // calls that reached a 2xx, either role
    uint64_t placed_and_answered = 0;  // of those, calls of ours
    uint64_t failed = 0;               // calls that ended without one
    uint64_t ended = 0;                // answered + failed, once all is over
    uint64_t acks_repeated = 0;
    uint64_t successes_repeated = 0;
  };

  UserAgent(const Env& env, const UserAgentConfig& config);
  UserAgent(const UserAgent&) = delete;
  UserAgent& operator=(const UserAgent&) = delete;
  ~UserAgent() override;

  // Binds. Called once, before anything else.
  absl::Status Open(const Endpoint& local);
  void set_observer(CallObserver* observer) { observer_ = observer; }  // null: none

  // Sends an INVITE for `target` (a URI) to `next_hop`.
  CallHandle PlaceCall(absl::string_view target, const Endpoint& next_hop);
  // No effect on a call that is over, or where there is nothing to do.
  void Cancel(CallHandle call);
  void HangUp(CallHandle call);
  // Null once the call is over and forgotten.
  const Call* FindCall(CallHandle call) const;

  // Live now. A soak demands zero of each at its end.
  size_t live_calls() const { return counters_.placed + counters_.received - counters_.ended; }
  size_t dialog_count() const { return dialogs_.size(); }
  size_t transaction_count() const { return table_.client_count() + table_.server_count(); }
  size_t record_count() const { return calls_.size(); }  // calls, ended ones not yet forgotten too
  const Counters& counters() const { return counters_; }
  const SipTransport& transport() const { return transport_; }
  const UserAgentConfig& config() const { return config_; }

 private:
  friend class Call;  // the services below are for calls only

  // SipTransport::Listener
  void OnRequest(SipMessage&& request, const Hop& reply_to) override;
  void OnResponse(const SipMessage& response) override;
  void OnTransportError(const Endpoint& remote) override;
  // TransactionUser
  void OnResponse(ClientTransaction& transaction, const SipMessage& response) override;
  void OnTimeout(ClientTransaction& transaction) override;
  void OnTransportError(ClientTransaction& transaction) override;
  void OnRequest(ServerTransaction& transaction) override;
  void OnAck(ServerTransaction* transaction, const SipMessage& ack) override;
  void OnTimeout(ServerTransaction& transaction) override;
  void OnTransportError(ServerTransaction& transaction) override;
  void OnTerminated(ClientTransaction& transaction) override;
  void OnTerminated(ServerTransaction& transaction) override;

  void OnInvite(ServerTransaction& transaction);
  void OnCancel(ServerTransaction& transaction);
  void OnOtherRequest(ServerTransaction& transaction);
  bool RejectUnsupported(ServerTransaction& transaction);
  bool RejectMerged(ServerTransaction& transaction);
  Call* FindByContext(uint64_t context);
  Call* FindByDialog(const SipMessage& request);
  Call& NewCall(CallRole role, std::string call_id);
  void OnFailed(ClientTransaction& transaction, CallEnd end, const TraceLabel& reason);
  // Forgets the call if nothing can come for it any more. Last thing in an event.
  void Settle(Call* call);

  // --- Services for calls. ---
  NodeTrace& trace() { return clock_.trace(); }
  std::string NewTag();
  std::string NewCallId(const Endpoint& remote);
  std::string NewVia(const Endpoint& remote);  // value with a fresh branch
  void AddContact(SipMessage& message, const Endpoint& remote);
  void AddAllow(SipMessage& message);
  void AddProduct(SipMessage& message);
  std::string LocalAddress(const Endpoint& remote);  // name-addr for From
  std::string SessionBody(const Endpoint& remote);
  void Register(const Dialog& dialog, CallHandle call);
  void Unregister(const Dialog& dialog);
  void CountEnd(const Call& call);

  NodeClock& clock_;
  DatagramStack& sockets_;
  UserAgentConfig config_;
  Rng branches_;
  Rng tags_;
  Rng call_ids_;
  SipTransport transport_;
  TransactionTable table_;
  absl::flat_hash_map<uint64_t, std::unique_ptr<Call>> calls_;
  absl::flat_hash_map<std::string, uint64_t> dialogs_;
  // INVITEs in progress by what they share with a copy of theirs that came another way (§8.2.2.2),
  // with the key of their transaction.
  absl::flat_hash_map<std::string, std::string> invites_;
  CallObserver* observer_ = nullptr;
  uint64_t last_handle_ = 0;
  std::string scratch_;
  Counters counters_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_USER_AGENT_H_
