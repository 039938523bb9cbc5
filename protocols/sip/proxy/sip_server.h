// SipServer: a proxy, registrar and redirect server on one port (RFC 3261 §8.3, §10.3, §16).
//
// Checks each request (§16.3), undoes routes (§16.4), asks for passwords, answers what is meant for
// itself (REGISTER, OPTIONS), finds the targets of all else (§16.5), and forwards it, with state or
// without (§16.11). Owns its socket, transactions, proxy core, location service and registrar;
// needs a clock, a datagram stack, a locator and a run seed.
#ifndef TICKWIRE_PROTOCOLS_SIP_PROXY_SIP_SERVER_H_
#define TICKWIRE_PROTOCOLS_SIP_PROXY_SIP_SERVER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "protocols/sip/digest/digest_server.h"
#include "protocols/sip/locate/server_locator.h"
#include "protocols/sip/overload/overload_monitor.h"
#include "protocols/sip/overload/work_queue.h"
#include "protocols/sip/proxy/proxy_config.h"
#include "protocols/sip/proxy/proxy_core.h"
#include "protocols/sip/proxy/server_identity.h"
#include "protocols/sip/registrar/registrar.h"
#include "protocols/sip/transaction/transaction_table.h"
#include "protocols/sip/transport/sip_transport.h"

namespace tickwire::sip {

enum class ServerMode : uint8_t {
  kStateful,
  kStateless,  // §16.11; requests for itself are still answered with a transaction
  kRedirect,   // §8.3: requests for its domains are answered 302 with the contacts
};

// What a server with finite strength does when it has too much to do.
enum class OverloadPolicy : uint8_t {
  kNone,        // messages that find the queue full are lost
  kRetryAfter,  // new requests are refused with 503 and Retry-After from half a queue on
  kLoss,        // RFC 7339
  kRate,        // RFC 7415
};

struct SipServerConfig {
  std::string name = "server";  // in the trace and of the random streams
  ServerMode mode = ServerMode::kStateful;
  ServerIdentity me;
  SipTransportConfig transport;
  ProxyConfig proxy;
  TransactionTimers timers;
  // Where requests for a domain go (".": all others). A URI; pushed as Route, or only sent there.
  struct NextHop {
    std::string domain;
    std::string uri;
    bool pushes_route = true;
  };
  std::vector<NextHop> next_hops;

  bool is_registrar = true;
  RegistrarConfig registrar;  // its domains are those of `me`
  LocationService::Limits locations;
  struct Place {  // known without a registration
    std::string user;
    std::string contact;
    uint16_t q = 1000;
  };
  std::vector<Place> places;
  // "10.0.0.1:5062": where SUBSCRIBE to the event package "reg" of our users goes (RFC 3680);
  // empty: where the user is.
  std::string reg_event_server;
  bool adds_path = false;  // to REGISTER requests on their way to another registrar (RFC 3327)
  bool sends_to_source = false;  // to where a REGISTER came from, not to what its Contact says

  WorkQueue::Config work;  // how long each message takes
  OverloadPolicy overload = OverloadPolicy::kNone;
  uint32_t retry_after = 5;  // seconds, in a 503 of kRetryAfter

  std::optional<DigestServerConfig> digest;
  struct User {
    std::string name;
    std::string password;
  };
  std::vector<User> passwords;
  bool authenticates_register = true;         // when there is a digest
  bool authenticates_others = false;          // requests of our own users outside of dialogs (407)
  bool authenticates_within_dialogs = false;  // and inside
  bool authenticates_strangers = false;       // and of everybody else
};

class SipServer final : private SipTransport::Listener,
                        private TransactionUser,
                        private MessageTransport,
                        private WorkQueue::Worker {
 public:
  struct Env {
    NodeClock& clock;
    DatagramStack& sockets;
    ServerLocator& locator;
    RunSeed seed;
    TransportStack* streams = nullptr;  // null: UDP only
  };

  struct Counters {
    uint64_t lost_to_full_queue = 0;
    uint64_t refused_503 = 0;
  };

  SipServer(const Env& env, SipServerConfig config);
  SipServer(const SipServer&) = delete;
  SipServer& operator=(const SipServer&) = delete;
  ~SipServer() override;

  // Binds the port of the identity. Called once, before anything else.
  absl::Status Open(const Endpoint& local);

  // Live now. A soak demands zero of each at its end.
  size_t context_count() const { return core_.context_count(); }
  size_t transaction_count() const { return table_.client_count() + table_.server_count(); }
  const LocationService& locations() const { return locations_; }
  const Registrar& registrar() const { return registrar_; }
  Registrar& registrar() { return registrar_; }
  const ProxyCore& core() const { return core_; }
  SipTransport& transport() { return transport_; }
  const SipTransport& transport() const { return transport_; }
  const SipServerConfig& config() const { return config_; }
  const Counters& counters() const { return counters_; }
  size_t queue_length() const { return queue_.size(); }

 private:
  struct Targets {
    int status = 0;  // 0: see targets
    std::vector<Target> targets;
    bool is_responsible = false;
  };

  // SipTransport::Listener
  void OnRequest(SipMessage&& request, const Hop& reply_to) override;
  void OnResponse(const SipMessage& response) override;
  void OnTransportError(const Hop& hop) override;
  void OnUndelivered(const Hop& hop, absl::string_view wire) override;
  // WorkQueue::Worker
  void OnWork(WorkQueue::Item&& item) override;
  // MessageTransport: what transactions send gets our overload feedback on its way.
  void Send(const Hop& hop, absl::string_view wire) override;
  // TransactionUser
  void OnResponse(ClientTransaction& transaction, const SipMessage& response) override;
  void OnTimeout(ClientTransaction& transaction) override;
  void OnTransportError(ClientTransaction& transaction) override;
  void OnRequest(ServerTransaction& transaction) override;
  void OnAck(ServerTransaction* transaction, const SipMessage& ack) override;
  void OnTimeout(ServerTransaction&) override {}
  void OnTransportError(ServerTransaction&) override {}
  void OnTerminated(ClientTransaction& transaction) override;
  void OnTerminated(ServerTransaction& transaction) override;

  void ProcessRequest(SipMessage&& request, const Hop& reply_to);
  void ProcessResponse(const SipMessage& response);
  bool IsToBeRefused(const SipMessage& request) const;
  void Enqueue(WorkQueue::Item item);
  // §16.3 without authentication: the response that refuses the request, if it is to be refused.
  std::optional<SipMessage> Check(const SipMessage& request, const std::string& loop_hash);
  // §22: likewise. `user` is whose password it had.
  std::optional<SipMessage> Authenticate(SipMessage& request, std::string& user);
  std::optional<SipMessage> Challenge(const SipMessage& request, DigestSide side,
                                      const DigestServer::Verdict& verdict);
  // For this server itself: the response.
  std::optional<SipMessage> AnswerOurselves(const SipMessage& request, const std::string& user,
                                            const Hop& source);
  bool IsForRegistrar(const SipMessage& request) const;
  Targets FindTargets(const SipMessage& request) const;  // §16.5
  const SipServerConfig::NextHop* FindNextHop(absl::string_view host) const;
  SipMessage Redirect(const SipMessage& request, const std::vector<Target>& targets);

  void OnCancel(ServerTransaction& transaction);
  void Process(ServerTransaction& transaction);
  void ProcessStatelessly(SipMessage&& request, const Hop& reply_to);
  void ForwardResponseStatelessly(const SipMessage& response);

  NodeClock& clock_;
  const SipTransport::Below below_;
  ServerLocator& locator_;
  const SipServerConfig config_;
  const std::string owner_;
  SipTransport transport_;
  TransactionTable table_;
  ProxyCore core_;
  LocationService locations_;
  Registrar registrar_;
  std::optional<DigestServer> digest_;
  TraceEntity entity_;
  WorkQueue queue_;
  std::optional<OverloadMonitor> monitor_;
  Counters counters_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_PROXY_SIP_SERVER_H_
