// ProxyCore: the stateful forwarding of RFC 3261 §16, for requests that have been checked and whose
// targets are known.
//
// Keeps a ResponseContext for each request until its transactions are over; forwards ACKs to 2xx
// and stray CANCELs without state; ends surplus dialogs where the policy says so. Its random texts
// come from the streams "OWNER", "sip.branch" and "sip.tag".
#ifndef TICKWIRE_PROTOCOLS_SIP_PROXY_PROXY_CORE_H_
#define TICKWIRE_PROTOCOLS_SIP_PROXY_PROXY_CORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "protocols/sip/locate/server_locator.h"
#include "protocols/sip/overload/overload_throttle.h"
#include "protocols/sip/proxy/own_routes.h"
#include "protocols/sip/proxy/proxy_config.h"
#include "protocols/sip/proxy/server_identity.h"
#include "protocols/sip/proxy/target.h"
#include "protocols/sip/transaction/transaction_table.h"
#include "protocols/sip/transport/sip_transport.h"
#include "sim_core/random/rng.h"

namespace tickwire::sip {

class ResponseContext;

class ProxyCore final : private ServerLocator::Client {
 public:
  // All must outlive this.
  struct Env {
    NodeClock& clock;
    TransactionTable& table;
    SipTransport& transport;
    ServerLocator& locator;
    const ServerIdentity& me;
    RunSeed seed;
  };
  struct Counters {
    uint64_t requests = 0;   // that got a response context
    uint64_t forwarded = 0;  // copies of them, one for each branch and attempt
    uint64_t acks = 0;
    uint64_t surplus_ended = 0;
    uint64_t throttled = 0;  // requests that an overloaded server was spared
  };

  ProxyCore(const Env& env, ProxyConfig config, absl::string_view owner);
  ~ProxyCore() override;

  // Forwards. `request` has been through §16.4; `targets` is not empty.
  void Forward(ServerTransaction& server, SipMessage&& request, std::string loop_hash,
               std::vector<Target> targets, bool is_responsible);
  // One message without a transaction (§16.11): an ACK to a 2xx, or a CANCEL for which no context
  // is known. `request` has been through §16.4.
  void ForwardStatelessly(SipMessage&& request, const Target& target, const std::string& loop_hash);
  // The INVITE that is cancelled has its context here (§16.10). False when it has none.
  bool Cancel(ServerTransaction& invite, const SipMessage& cancel);

  // From the transaction layer.
  void OnResponse(ClientTransaction& transaction, const SipMessage& response);
  void OnTimeout(ClientTransaction& transaction);
  void OnTransportError(ClientTransaction& transaction);
  void OnTerminated(ClientTransaction& transaction);
  void OnTerminated(ServerTransaction& transaction);

  // A response to a request from this server itself, with a To tag of its own.
  SipMessage MakeOwnResponse(const SipMessage& request, int status);
  std::string NewTag();

  size_t context_count() const { return contexts_.size(); }
  Counters& counters() { return counters_; }
  const Counters& counters() const { return counters_; }
  const ProxyConfig& config() const { return config_; }

  // --- Services for response contexts. ---
  NodeClock& clock() { return env_.clock; }
  TransactionTable& table() { return env_.table; }
  SipTransport& transport() { return env_.transport; }
  ServerLocator& locator() { return env_.locator; }
  const TransactionTimers& timers() const { return env_.table.timers(); }
  const TraceEntity& entity() const { return entity_; }
  void Note(const TraceLabel& what, absl::string_view text);
  uint64_t NewBranchId(ResponseContext& context);
  void ForgetBranch(uint64_t branch) { branches_.erase(branch); }
  std::string NewToken();
  OwnRoutes& own_routes() { return own_routes_; }
  void AddVia(SipMessage& request, const Hop& towards, absl::string_view branch);
  // Ends the dialog of a surplus 2xx to the branch's INVITE, once; further copies of the 2xx get
  // the same ACK again.
  void EndSurplus(uint64_t branch, ClientTransaction& invite, const SipMessage& success);
  // Whether a request may go to that server now (RFC 7339 §5.5, RFC 3261 §21.5.4).
  bool Admits(const Hop& hop, const SipMessage& request);
  // Ends that server transaction without a response, in an event of its own.
  void AbandonLater(const std::string& server_key);
  // Destroys the context if all is over. Last thing in an event.
  void Settle(uint64_t context);

 private:
  struct Surplus {
    uint64_t branch;
    std::string to_tag;
    std::string ack;
    Hop hop;
  };

  void OnLocated(uint64_t ticket, std::span<const Hop> hops) override;
  void SendStateless(SipMessage&& request, const Hop& hop, absl::string_view branch);
  void OnAbandon();
  ResponseContext* FindContext(uint64_t branch);

  const Env env_;
  const ProxyConfig config_;
  TraceEntity entity_;
  Rng branch_texts_;
  Rng tags_;
  OwnRoutes own_routes_;
  OverloadThrottle throttle_;
  absl::flat_hash_map<uint64_t, std::unique_ptr<ResponseContext>> contexts_;
  absl::flat_hash_map<uint64_t, ResponseContext*> branches_;
  // Stateless messages that wait for their next hop, by ticket, with their branch.
  absl::flat_hash_map<uint64_t, std::pair<SipMessage, std::string>> locating_;
  std::vector<Surplus> surplus_;
  std::vector<std::string> abandoned_;
  Timer<ProxyCore, &ProxyCore::OnAbandon> abandon_;
  uint64_t last_id_ = 0;  // of contexts, branches and tickets alike
  Counters counters_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_PROXY_PROXY_CORE_H_
