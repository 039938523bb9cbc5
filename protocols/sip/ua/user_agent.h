// UserAgent: the core of one SIP phone or gateway (RFC 3261 §8, §9, §12 to §15).
//
// Calls, rings, answers, acknowledges, cancels and hangs up, by order of its owner or by its
// Behaviour. Owns its socket, transactions, dialogs, calls and subscriptions; needs only a clock, a
// datagram stack, a run seed and a locator. All its random texts (branches, tags, Call-IDs) come
// from streams of its own.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_USER_AGENT_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_USER_AGENT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "protocols/sip/dialog/dialog_table.h"
#include "protocols/sip/digest/digest_client.h"
#include "protocols/sip/locate/server_locator.h"
#include "protocols/sip/transaction/transaction_layer.h"
#include "protocols/sip/transport/sip_transport.h"
#include "protocols/sip/ua/behaviour.h"
#include "protocols/sip/ua/call.h"
#include "protocols/sip/ua/call_observer.h"
#include "protocols/sip/ua/notifier.h"
#include "protocols/sip/ua/pager.h"
#include "protocols/sip/ua/publisher.h"
#include "protocols/sip/ua/referral.h"
#include "protocols/sip/ua/registration.h"
#include "protocols/sip/ua/subscriber.h"
#include "protocols/sip/ua/ua_labels.h"
#include "sim_core/event/timer.h"
#include "sim_core/random/rng.h"

namespace tickwire::sip {

class UserAgent final : private SipTransport::Listener, private TransactionUser {
 public:
  // All must outlive this.
  struct Env {
    NodeClock& clock;
    DatagramStack& sockets;
    RunSeed seed;
    ServerLocator* locator = nullptr;   // null: only addresses can be reached, and explicit hops
    TransportStack* streams = nullptr;  // null: UDP only
  };
  struct Counters {
    uint64_t placed = 0;               // calls of ours
    uint64_t received = 0;             // INVITEs that began a call
    uint64_t answered = 0;             // calls that reached a 2xx, either role
    uint64_t placed_and_answered = 0;  // of those, calls of ours
    uint64_t placed_and_failed = 0;    // calls of ours that ended without one
    uint64_t failed = 0;               // calls that ended without one
    uint64_t ended = 0;                // answered + failed, once all is over
    uint64_t acks_repeated = 0;
    uint64_t successes_repeated = 0;
    uint64_t nowhere = 0;  // requests that no address was found for
    uint64_t surplus = 0;  // dialogs beyond the first that a 2xx made
    // Without a transaction layer: requests taken for repetitions, and INVITEs among them that
    // rang as if they were new.
    uint64_t guessed_repetitions = 0;
    uint64_t ghost_calls = 0;
  };

  UserAgent(const Env& env, const UserAgentConfig& config);
  UserAgent(const UserAgent&) = delete;
  UserAgent& operator=(const UserAgent&) = delete;
  ~UserAgent() override;

  // Binds. Called once, before anything else.
  absl::Status Open(const Endpoint& local);
  void set_observer(CallObserver* observer) { observer_ = observer; }  // null: none

  // --- Calls. ---
  // Sends an INVITE for `target` (a URI) to `next_hop`.
  CallHandle PlaceCall(absl::string_view target, const Endpoint& next_hop);
  // Where the target, or the first of the configured routes, resolves to.
  CallHandle PlaceCall(const CallOptions& options);
  CallHandle PlaceCall(const CallOptions& options, Destination&& destination);
  // No effect on a call that is over, or where there is nothing to do.
  void Cancel(CallHandle call);
  void HangUp(CallHandle call);
  void EndEarlyDialog(CallHandle call);
  void Ring(CallHandle call, int status);
  void Answer(CallHandle call);
  void Reject(CallHandle call, int status);
  // False where the state of the call does not allow it.
  bool Modify(CallHandle call, InviteUsage::Change change, bool by_update);
  bool SendWithin(CallHandle call, absl::string_view method, const HeaderRows& rows,
                  absl::string_view body_type, absl::string_view body);
  // REFER (RFC 3515): asks the peer of a call to call `refer_to` (a URI; with "?Replaces=" in it
  // for an attended transfer). Nothing when the state of the call does not allow it.
  std::optional<SubscriptionHandle> Refer(CallHandle call, absl::string_view refer_to);
  // The same outside any dialog, to `target`.
  SubscriptionHandle ReferOutside(const std::string& target, absl::string_view refer_to);
  // Refer-To for an attended transfer to the peer of `other`: its target with Replaces (RFC 3891,
  // RFC 5589 §7). Empty without a dialog.
  std::string ReplacingUri(CallHandle other) const;
  // Null once the call is over and forgotten.
  const Call* FindCall(CallHandle call) const;

  // --- Beside calls. ---
  // Bindings of one address; lives as long as the agent.
  Registration& AddRegistration(const RegistrationOptions& options);
  Publisher& AddPublisher(const PublishOptions& options);
  // MESSAGE, OPTIONS and the like, outside dialogs; the answer goes to the observer.
  void SendOutside(absl::string_view method, const std::string& target, const HeaderRows& rows,
                   absl::string_view body_type, absl::string_view body);
  SubscriptionHandle Subscribe(const SubscribeOptions& options);
  void Unsubscribe(SubscriptionHandle subscription);
  const Subscriber* FindSubscription(SubscriptionHandle subscription) const;
  // Serves SUBSCRIBE for it from now on. The package must outlive this agent.
  void AddPackage(EventPackage& package) { packages_.push_back(&package); }
  // The state of a resource, or who may see it, has changed: its watchers hear of it.
  void OnStateChange(EventPackage& package, const std::string& resource);
  void OnPolicyChange(EventPackage& package, const std::string& resource);

  // Live now. A soak demands zero of each at its end.
  size_t live_calls() const { return counters_.placed + counters_.received - counters_.ended; }
  size_t dialog_count() const { return dialogs_.size(); }
  size_t transaction_count() const { return table_->client_count() + table_->server_count(); }
  size_t record_count() const { return calls_.size(); }  // calls, ended ones not yet forgotten too
  size_t request_count() const { return requests_.size(); }
  size_t subscription_count() const { return subscribers_.size() + notifiers_.size(); }
  const Counters& counters() const { return counters_; }
  const UserAgentConfig& config() const { return config_; }

  // --- For the parts of this agent. ---
  // Brackets everything that enters the agent: calls with news are announced, and ended ones
  // forgotten, when the outermost is left. What opened it may be gone then.
  class EventScope {
   public:
    explicit EventScope(UserAgent& agent) : agent_(agent) { ++agent_.depth_; }
    ~EventScope() { agent_.LeaveEvent(); }
    EventScope(const EventScope&) = delete;
    EventScope& operator=(const EventScope&) = delete;

   private:
    UserAgent& agent_;
  };
  NodeClock& clock() { return clock_; }
  NodeTrace& trace() { return clock_.trace(); }
  SipTransport& transport() { return transport_; }
  const SipTransport& transport() const { return transport_; }
  TransactionLayer& table() { return *table_; }
  DialogTable& dialogs() { return dialogs_; }
  ServerLocator* locator() { return locator_; }
  // Draws of pauses and other small numbers that RFCs want at random.
  Rng& pauses() { return pauses_; }
  void Touch(Call& call);
  Call* FindCallByDialog(absl::string_view call_id, absl::string_view local_tag,
                         absl::string_view remote_tag);

  // Sends a request for its owner. The reference is good until OnRequestOver.
  OutgoingRequest& SendRequest(SipMessage&& request, Destination&& destination, RequestOwner& owner,
                               uint64_t context = 0);
  uint64_t Send(SipMessage&& request, Destination&& destination, RequestOwner& owner,
                uint64_t context = 0) {
    return SendRequest(std::move(request), std::move(destination), owner, context).id();
  }
  OutgoingRequest* FindRequest(uint64_t id);
  // From OutgoingRequest.
  ClientTransaction& StartTransaction(SipMessage&& request, const Hop& hop, uint64_t id);
  void AbandonTransaction(const ClientTransaction& transaction);
  void EraseRequest(uint64_t id);
  void FailLater(uint64_t id);
  // `request` as it was refused; `repetition` gets what the challenge asks for. False: there is no
  // point in asking again.
  bool AddCredentials(const SipMessage& request, const SipMessage& challenge,
                      SipMessage& repetition);
  // Credentials that a server asked for earlier (RFC 3261 §22.3).
  void PrepareCredentials(SipMessage& request);
  void OnCredentialsAccepted(const SipMessage& request, const SipMessage& response);

  // Where `uri` leads; without hops when it must be asked for. `fallback`, when given, is taken for
  // a name that an agent without a locator cannot resolve.
  Destination DestinationOf(absl::string_view uri, const Hop* fallback = nullptr);
  // The next hop of a request within a dialog (§12.2.1.1).
  Destination DestinationWithin(const Dialog& dialog, const Hop* fallback);
  // The same for a request outside dialogs: the first configured route, else the URI.
  Destination DestinationFor(absl::string_view target);
  Destination DestinationForRegister(absl::string_view registrar);

  // Parts of messages.
  std::string NewTag();
  std::string NewCallId(const Destination& destination);
  std::string NewVia(const Hop& hop);                  // value with a fresh branch
  std::string NewVia(const Destination& destination);  // empty while it has no hops
  void AddRoutes(SipMessage& message);
  // A request outside dialogs up to CSeq (§8.1.1). The caller adds the rest.
  SipMessage StartOutside(absl::string_view method, absl::string_view target,
                          const Destination& destination, absl::string_view call_id,
                          absl::string_view tag, uint32_t number, absl::string_view user);
  SipMessage StartRegister(absl::string_view registrar, absl::string_view address_of_record,
                           const Destination& destination, absl::string_view call_id,
                           absl::string_view tag, uint32_t number);
  // Where peers reach us: our address towards that destination, and the transport if it is not UDP.
  std::string ContactUri(const Destination& destination, absl::string_view user, bool is_secure);
  // To a request that has its routes (§8.1.1.8), and to a response that makes or keeps a dialog.
  void AddContact(SipMessage& request, const Destination& destination, absl::string_view user = {});
  void AddContact(SipMessage& response, const SipMessage& request, const Hop& hop,
                  absl::string_view user);
  void AddCapabilities(SipMessage& message);  // Allow, Supported
  void AddProduct(SipMessage& message);
  void AddRecvInfo(SipMessage& message);
  bool ReceivesInfo(absl::string_view package) const;
  std::string LocalAddress(const Destination& destination, absl::string_view user);  // for From
  IpAddress MediaAddress(const Destination& destination);
  IpAddress MediaAddress(const Endpoint& remote);
  // With a session id and an RTP port of its own.
  Negotiation NewNegotiation();
  // The identity that a Request-URI names; ours when it has no user part.
  std::string UserOf(absl::string_view request_uri) const;

  // Responses without a body.
  void Respond(ServerTransaction& transaction, int status);
  void RespondTooSmall(ServerTransaction& transaction, uint32_t least, absl::string_view tag = {});
  void RespondTooBrief(ServerTransaction& transaction, uint32_t least);
  void RespondUnsupportedMedia(ServerTransaction& transaction, absl::string_view tag = {});
  // OPTIONS, MESSAGE and what else needs no session: within a dialog or outside.
  void RespondOutsideSession(ServerTransaction& transaction);

  // News of calls.
  void CountEnd(const Call& call);
  void CountRepeatedAck() { ++counters_.acks_repeated; }
  void CountRepeatedSuccess() { ++counters_.successes_repeated; }
  void CountSurplus() { ++counters_.surplus; }
  void CountNowhere() { ++counters_.nowhere; }
  void ReportOffer(Call& call, const Negotiation& offer);
  void ReportMedia(Call& call, InviteUsage& usage);
  void ReportChange(Call& call, InviteUsage& usage, int status);
  void ReportRequest(Call& call, const SipMessage& request);
  // RFC 3515: a REFER, within `entry`'s dialog or outside (null).
  void OnRefer(DialogEntry* entry, ServerTransaction& transaction);
  void ReportSubscription(const Subscriber& subscriber);
  void ReportNotification(const Subscriber& subscriber, const SipMessage& notify);
  void ReportRegistration(const Registration& registration);
  void ReportAnswer(const Call* call, const SipMessage& response);
  void ReportFailure(const OutgoingRequest& request, RequestFailure failure);
  // They end when the event does.
  void SettleSubscription(SubscriptionHandle subscription);
  void SettleNotifier(NotifierHandle notifier);

 private:
  // SipTransport::Listener
  void OnRequest(SipMessage&& request, const Hop& reply_to) override;
  void OnResponse(const SipMessage& response) override;
  void OnTransportError(const Hop& hop) override;
  void OnUndelivered(const Hop& hop, absl::string_view wire) override;
  // TransactionUser
  void OnResponse(ClientTransaction& transaction, const SipMessage& response) override;
  void OnTimeout(ClientTransaction& transaction) override;
  void OnTransportError(ClientTransaction& transaction) override;
  void OnRequest(ServerTransaction& transaction) override;
  bool OnRepetition(ServerTransaction& transaction) override;
  void OnAck(ServerTransaction* transaction, const SipMessage& ack) override;
  void OnTimeout(ServerTransaction& transaction) override;
  void OnTransportError(ServerTransaction& transaction) override;
  void OnTerminated(ClientTransaction& transaction) override;
  void OnTerminated(ServerTransaction& transaction) override;

  bool RejectUnsupported(ServerTransaction& transaction);
  bool RejectMerged(ServerTransaction& transaction);
  bool RejectTarget(ServerTransaction& transaction);
  bool RejectUnacceptable(ServerTransaction& transaction);
  void OnRequestWithinDialog(ServerTransaction& transaction);
  void OnInvite(ServerTransaction& transaction);
  void OnCancel(ServerTransaction& transaction);
  void OnSubscribe(ServerTransaction& transaction);
  void OnPublish(ServerTransaction& transaction);
  void OnNotifyOutside(ServerTransaction& transaction);
  EventPackage* FindPackage(const SipMessage& request);
  void TellReferrer(const Call& call);
  void EraseSettled();
  Call* FindByContext(uint64_t context);
  Call& NewCall(CallRole role, std::string call_id);
  void LeaveEvent();
  void OnTimerFailures();
  Hop FirstHop(const Destination& destination) const;
  std::string OwnUri(const Hop& hop, absl::string_view user, bool is_secure);
  void AddContactUri(SipMessage& message, const Hop& hop, absl::string_view user, bool is_secure);
  // The service route of a registration (RFC 3608), else the configured routes.
  const std::vector<std::string>& PreloadedRoutes() const;
  void AddRoutes(SipMessage& message, const std::vector<std::string>& routes);
  absl::string_view PublicGruu(absl::string_view user) const;  // empty: none
  bool IsOptionKnown(absl::string_view tag) const;
  std::unique_ptr<TransactionLayer> MakeTransactionLayer();
  bool OnRepeatedInvite(ServerTransaction& transaction);
  // The request in progress that this one shares its merge key with; null when it is over.
  const ServerTransaction* FindMerged(const SipMessage& request);

  NodeClock& clock_;
  const SipTransport::Below below_;
  ServerLocator* locator_;
  UserAgentConfig config_;
  std::string allow_;
  std::string supported_;
  Rng branches_;
  Rng tags_;
  Rng call_ids_;
  Rng pauses_;
  SipTransport transport_;
  std::unique_ptr<TransactionLayer> table_;
  DialogTable dialogs_;
  absl::flat_hash_map<uint64_t, std::unique_ptr<OutgoingRequest>> requests_;
  absl::flat_hash_map<uint64_t, std::unique_ptr<Call>> calls_;
  // Requests in progress by what they share with a copy of theirs that came another way (§8.2.2.2),
  // with the key of their transaction.
  absl::flat_hash_map<std::string, std::string> merges_;
  std::vector<EventPackage*> packages_;
  std::map<uint64_t, std::unique_ptr<Subscriber>> subscribers_;
  std::map<uint64_t, std::unique_ptr<Notifier>> notifiers_;
  // By package and resource, in order of creation.
  std::map<std::pair<std::string, std::string>, std::vector<uint64_t>> watchers_;
  absl::flat_hash_map<uint64_t, std::unique_ptr<Referral>> referrals_;  // by notifier
  absl::flat_hash_map<uint64_t, uint64_t> referred_calls_;              // to notifiers
  std::vector<std::unique_ptr<Registration>> registrations_;
  std::vector<std::unique_ptr<Publisher>> publishers_;
  std::unique_ptr<Pager> pager_;
  std::unique_ptr<DigestClient> digest_;  // null without passwords
  std::vector<uint64_t> settled_subscribers_, settled_notifiers_;
  CallObserver* observer_ = nullptr;
  uint64_t last_subscriber_ = 0, last_notifier_ = 0;
  uint64_t last_handle_ = 0;
  uint64_t last_request_ = 0;
  uint64_t last_session_ = 0;
  int depth_ = 0;  // of EventScopes
  std::vector<uint64_t> with_news_;
  std::vector<uint64_t> failures_;  // requests that cannot leave
  std::string scratch_;
  Counters counters_;
  TraceEntity entity_;
  Timer<UserAgent, &UserAgent::OnTimerFailures> timer_failures_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_USER_AGENT_H_
