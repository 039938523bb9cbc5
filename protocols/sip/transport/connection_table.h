// ConnectionTable: the connections of one SIP element, by number and by where they lead (RFC 3261
// §18).
//
// A message takes the connection that it names, else one that leads to its hop, else a new one. Who
// opened a connection does not matter, but its other end does: one that the peer opened leads to
// the port that it came from, which is rarely where requests go (§18; reuse in the other direction
// is RFC 5923's). Bounded: when there are too many, the one idle for longest is closed for a new
// one of ours, and further ones of others are refused. Those that wait for the peer to close them,
// too, are as many again at most.
#ifndef TICKWIRE_PROTOCOLS_SIP_TRANSPORT_CONNECTION_TABLE_H_
#define TICKWIRE_PROTOCOLS_SIP_TRANSPORT_CONNECTION_TABLE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "protocols/sip/transport/connection.h"
#include "protocols/transport/transport_stack.h"
#include "sim_core/event/event.h"

namespace tickwire::sip {

class ConnectionTable final : private Connection::Owner {
 public:
  // How SIP uses the streams of SCTP (RFC 4168 §5.1).
  enum class SctpOrder : uint8_t {
    kUnordered,       // stream 0 with the U flag: what the RFC wants
    kOrdered,         // stream 0, as TCP would
    kPerTransaction,  // ordered, each transaction on a stream that its branch decides
  };
  struct Config {
    Connection::Config connection;
    size_t max_connections = 10'000;
    int backlog = 128;
    SctpOrder sctp_order = SctpOrder::kUnordered;
    uint16_t sctp_streams = 10;  // for kPerTransaction; as many as associations have
    // The port that WebSocket connections come from, so that a Contact can name it; 0: any.
    // MODEL: browsers take any port, and are reached by their flow (RFC 5626).
    uint16_t websocket_port = 0;
  };
  class User {
   public:
    virtual void OnMessage(Connection& connection, absl::string_view wire) = 0;
    virtual void OnBroken(Connection& connection, absl::string_view head,
                          const TraceLabel& why) = 0;
    // The connection ended before it took this.
    virtual void OnUndelivered(Connection::Unsent&& message) = 0;
    // It ended, or could not be opened, other than in good order.
    virtual void OnFailed(const Connection& connection, CloseReason reason) = 0;

   protected:
    ~User() = default;
  };
  struct Counters {
    uint64_t opened = 0;     // by us
    uint64_t accepted = 0;   // opened by others
    uint64_t failed = 0;     // ended other than in good order
    uint64_t refused = 0;    // of others, for there were too many
    uint64_t overflows = 0;  // messages that found too much waiting
  };

  // All must outlive this.
  ConnectionTable(NodeClock& clock, User& user, TransportStack& streams, const Config& config);
  ~ConnectionTable();

  absl::Status Listen(TransportKind transport, const Endpoint& local);
  // Never calls the user. False: there is no way or no room for another connection, or too much
  // waits on it already because the peer does not read or the path is too slow; nothing more will
  // be heard of it.
  bool Send(const Hop& hop, absl::string_view wire,
            std::unique_ptr<Connection::Detour> detour = nullptr);
  // The same without a message: for what will come.
  bool Open(const Hop& hop);
  // Null when it is gone, or no message may take it any more.
  Connection* Find(uint32_t id);
  size_t size() const { return connections_.size(); }
  const Counters& counters() const { return counters_; }

 private:
  using Key = std::tuple<TransportKind, Endpoint, std::string, uint32_t>;  // to where, its id
  struct Cleanup : tickwire::Event {
    explicit Cleanup(ConnectionTable& owner)
        : tickwire::Event(&ConnectionTable::OnCleanup), table(owner) {}
    ConnectionTable& table;
  };

  // Connection::Owner
  void OnOpen(Connection&) override {}
  void OnMessage(Connection& connection, absl::string_view wire) override;
  void OnBroken(Connection& connection, absl::string_view head, const TraceLabel& why) override;
  void OnClosed(Connection& connection, CloseReason reason) override;

  static void OnCleanup(tickwire::Event& event);
  static Key KeyOf(const Connection& connection);
  Connection* Reach(const Hop& hop);
  Connection* Connect(const Hop& hop);
  Channel::Listener& Accept(TransportKind transport, std::unique_ptr<Channel> channel);
  Connection& Insert(TransportKind transport, const Endpoint& remote, std::string domain,
                     Connection::Opener opener);
  void Forget(Connection& connection);
  bool MakeRoom();
  SendOptions OptionsFor(const Connection& connection, absl::string_view wire) const;

  NodeClock& clock_;
  User& user_;
  TransportStack& streams_;
  const Config config_;
  TraceEntity entity_;
  std::map<uint32_t, std::unique_ptr<Connection>> connections_;
  std::set<Key> by_hop_;
  std::vector<std::unique_ptr<Connection>> gone_;  // until the event is over
  std::vector<std::unique_ptr<TransportStack::Listening>> listening_;
  uint32_t last_id_ = 0;
  Counters counters_;
  Cleanup cleanup_{*this};
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_TRANSPORT_CONNECTION_TABLE_H_
