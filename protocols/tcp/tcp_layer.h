// TcpLayer: TCP of one node: finds the connection or listener for each segment, answers what
// belongs to none (RFC 9293 section 3.10.7.1), and makes connections.
//
// Owns the connections. Registers with IpLayer. Initial sequence numbers after RFC 6528; ephemeral
// ports after RFC 6335 section 6.
#ifndef TICKWIRE_PROTOCOLS_TCP_TCP_LAYER_H_
#define TICKWIRE_PROTOCOLS_TCP_TCP_LAYER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "protocols/ip/ip_layer.h"
#include "protocols/tcp/syn_cookies.h"
#include "protocols/tcp/tcp_config.h"
#include "protocols/tcp/tcp_connection.h"
#include "protocols/tcp/tcp_listener.h"
#include "protocols/tcp/tcp_socket.h"
#include "protocols/transport/transport_stack.h"

namespace tickwire::tcp {

class TcpLayer final : public TransportStack, private IpLayer::Protocol {
 public:
  // `seed` keys the node's secrets. `ip` outlives this.
  TcpLayer(IpLayer& ip, const RunSeed& seed);
  ~TcpLayer() override;

  // For connections and listeners made from now on that state none.
  void set_config(const TcpConfig& config);
  const TcpConfig& config() const { return *config_; }

  // --- TransportStack; INVALID_ARGUMENT for kinds other than kTcp ---
  absl::StatusOr<std::unique_ptr<Channel>> Connect(TransportKind kind, Endpoint remote,
                                                   Channel::Listener& listener,
                                                   const ConnectOptions& options) override;
  absl::StatusOr<std::unique_ptr<Listening>> Listen(TransportKind kind, Endpoint local, int backlog,
                                                    AcceptFn on_accept) override;
  // The same with TCP's own types. UNAVAILABLE without a route, ALREADY_EXISTS if the pair of
  // endpoints or the port is taken, RESOURCE_EXHAUSTED if no port is free.
  absl::StatusOr<std::unique_ptr<TcpSocket>> ConnectTcp(Endpoint remote,
                                                        Channel::Listener& listener, Endpoint local,
                                                        const TcpConfig& config);
  absl::StatusOr<std::unique_ptr<TcpListener>> ListenTcp(Endpoint local, int backlog,
                                                         AcceptFn on_accept,
                                                         const TcpConfig& config);

  // The machine loses power: connections are gone, nobody is told, nothing is sent.
  void PowerOff();

  const TcpConnection* Find(const TcpConnection::Id& id) const;
  size_t connection_count() const { return connections_.size(); }
  // Not TIME-WAIT, not closed.
  size_t live_connection_count() const;
  // In the order of their endpoints.
  std::vector<const TcpConnection*> connections() const;

  // --- For connections and listeners ---
  IpLayer& ip() { return ip_; }
  NodeClock& clock() { return ip_.node().clock(); }
  NodeTrace& trace() { return ip_.node().trace(); }
  const SynCookies& cookies() const { return cookies_; }
  TcpConnection& MakeConnection(const TcpConnection::Id& id, const TcpConfig& config);
  // The connection is over. Its object lives until the event has ended, or with its socket.
  void Retire(TcpConnection& connection);
  void Bury(std::unique_ptr<TcpConnection> connection);
  void Forget(TcpListener& listener);
  // RFC 6528 section 3.
  uint32_t InitialSequence(const TcpConnection::Id& id, const TcpConfig& config) const;
  // A multiple of 32, so that a SYN cookie's option bits survive it.
  uint32_t TimestampOffset(const TcpConnection::Id& id) const;
  // What an MSS option says (RFC 9293 section 3.7.1): payload without options.
  uint16_t MssFor(const TcpConnection::Id& id, const TcpConfig& config) const;
  // The limit of RFC 5961 section 7, for the whole node.
  bool MayChallenge(const TcpConfig& config);
  // An RST to a segment that belongs to no connection, or to none any more.
  void SendReset(const Segment& offending);
  void Drop(const Segment& segment, const TraceLabel& why);
  // A segment without a connection: <seq><ack><flags>.
  void SendBare(const TcpConnection::Id& id, const TcpHeader& header, const TcpOptions& options,
                Profile profile);
  static constexpr uint8_t kTtl = 64;

 private:
  TraceEntity entity();
  void OnDatagram(const IpDatagram& datagram, Packet payload) override;
  void OnIcmpError(const IcmpReport& report) override;
  bool MayHaveSent(const IcmpReport& report) const override;
  TcpListener* FindListener(const Endpoint& local) const;
  // RFC 9293 section 3.6.1, RFC 6191: whether this SYN may replace a connection in TIME-WAIT.
  bool MayReuse(const TcpConnection& old, const Segment& syn) const;
  absl::StatusOr<uint16_t> FreePort(const IpAddress& local, const Endpoint& remote);
  const TcpConfig& Intern(const TcpConfig& config);
  static void OnBury(Event& event);

  struct BuryEvent : Event {
    explicit BuryEvent(TcpLayer& owner) : Event(&TcpLayer::OnBury), layer(owner) {}
    TcpLayer& layer;
  };

  IpLayer& ip_;
  std::optional<TraceEntity> entity_;  // of what belongs to no connection; when first needed
  const uint64_t secret_;
  const SynCookies cookies_;
  std::deque<TcpConfig> configs_;  // references stay valid
  const TcpConfig* config_;
  // Looked up, never iterated but into an order.
  absl::flat_hash_map<TcpConnection::Id, std::unique_ptr<TcpConnection>> connections_;
  absl::flat_hash_map<uint16_t, absl::InlinedVector<TcpListener*, 1>> listeners_;
  std::vector<std::unique_ptr<TcpConnection>> dead_;
  BuryEvent bury_{*this};
  uint16_t next_ephemeral_ = 49152;
  int64_t challenge_second_ = -1;
  uint32_t challenges_ = 0;
  std::optional<uint32_t> least_sequence_;  // while a SYN takes the place of a TIME-WAIT
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_TCP_LAYER_H_
