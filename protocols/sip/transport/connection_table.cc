#include "protocols/sip/transport/connection_table.h"

#include <utility>

#include "protocols/sip/transport/transport_names.h"
#include "sim_core/trace/digest.h"

namespace tickwire::sip {
namespace {

constexpr TraceLabel kTooMany{"too many connections", "our limit"};
constexpr TraceLabel kMakesRoom{"closed to make room", "our limit"};
constexpr TraceLabel kTooMuchWaits{"too much waits already", "our limit; RFC 3261 18.4"};
constexpr TraceLabel kNoConnection{"no connection can be opened", "RFC 3261 18.4"};
constexpr TraceLabel kAnyPort{"comes from another port, as ours is not free", "RFC 7118"};

// The branch of the topmost Via, or what stands in its place: enough to keep the messages of one
// transaction together, which is all that it is for.
absl::string_view BranchOf(absl::string_view wire) {
  const size_t at = wire.find("branch=");
  if (at == absl::string_view::npos) return {};
  const absl::string_view rest = wire.substr(at + 7);
  return rest.substr(0, rest.find_first_of(";, \t\r\n"));
}

bool IsOrderly(CloseReason reason) {
  return reason == CloseReason::kLocal || reason == CloseReason::kPeer;
}

}  // namespace

ConnectionTable::ConnectionTable(NodeClock& clock, User& user, TransportStack& streams,
                                 const Config& config)
    : clock_(clock), user_(user), streams_(streams), config_(config) {}

ConnectionTable::~ConnectionTable() = default;

absl::Status ConnectionTable::Listen(TransportKind transport, const Endpoint& local) {
  auto listening =
      streams_.Listen(transport, local, config_.backlog,
                      [this, transport](std::unique_ptr<Channel> channel) -> Channel::Listener& {
                        return Accept(transport, std::move(channel));
                      });
  if (!listening.ok()) return listening.status();
  listening_.push_back(*std::move(listening));
  return absl::OkStatus();
}

bool ConnectionTable::Send(const Hop& hop, absl::string_view wire,
                           std::unique_ptr<Connection::Detour> detour) {
  Connection* const connection = Reach(hop);
  if (connection == nullptr) return false;
  if (connection->Send(hop, wire, OptionsFor(*connection, wire), std::move(detour))) return true;
  clock_.trace().Note(connection->entity(), kTooMuchWaits, wire.substr(0, wire.find('\r')));
  ++counters_.overflows;
  return false;
}

bool ConnectionTable::Open(const Hop& hop) { return Reach(hop) != nullptr; }

Connection* ConnectionTable::Find(uint32_t id) {
  const auto found = connections_.find(id);
  return found != connections_.end() && found->second->is_usable() ? found->second.get() : nullptr;
}

Connection* ConnectionTable::Reach(const Hop& hop) {
  if (hop.connection != 0) {
    if (Connection* const own = Find(hop.connection)) return own;
  }
  // Whoever asks for no domain is content with the certificate of any.
  for (auto it = by_hop_.lower_bound(Key{hop.transport, hop.remote, hop.domain});
       it != by_hop_.end(); ++it) {
    const auto& [transport, remote, domain] = it->first;
    if (transport != hop.transport || remote != hop.remote) break;
    if (domain != hop.domain && !hop.domain.empty()) break;
    if (Connection* const known = Find(it->second)) return known;
  }
  return Connect(hop);
}

Connection* ConnectionTable::Connect(const Hop& hop) {
  if (connections_.size() >= config_.max_connections) CloseIdlest();
  Connection& connection = Insert(hop.transport, hop.remote, hop.domain, Connection::Opener::kUs);
  TransportStack::ConnectOptions options;
  options.peer_name = hop.domain;
  if (IsWebSocket(hop.transport)) options.local.port = config_.websocket_port;
  auto channel = streams_.Connect(hop.transport, hop.remote, connection.listener(), options);
  if (!channel.ok() && options.local.port != 0) {
    clock_.trace().Note(entity_, kAnyPort, ToString(hop.remote));
    options.local.port = 0;
    channel = streams_.Connect(hop.transport, hop.remote, connection.listener(), options);
  }
  if (!channel.ok()) {
    clock_.trace().Note(entity_, kNoConnection, channel.status().message());
    ++counters_.failed;
    Forget(connection);
    return nullptr;
  }
  ++counters_.opened;
  connection.Attach(*std::move(channel));
  return &connection;
}

Channel::Listener& ConnectionTable::Accept(TransportKind transport,
                                           std::unique_ptr<Channel> channel) {
  const bool is_full = connections_.size() >= config_.max_connections;
  Connection& connection = Insert(transport, channel->remote(), "", Connection::Opener::kPeer);
  connection.Attach(std::move(channel));
  if (is_full) {
    ++counters_.refused;
    connection.Abort(kTooMany);
  } else {
    ++counters_.accepted;
  }
  return connection.listener();
}

Connection& ConnectionTable::Insert(TransportKind transport, const Endpoint& remote,
                                    std::string domain, Connection::Opener opener) {
  const uint32_t id = ++last_id_;
  auto made = std::make_unique<Connection>(clock_, static_cast<Connection::Owner&>(*this),
                                           config_.connection, id, transport, remote,
                                           std::move(domain), opener);
  Connection& connection = *made;
  connections_.emplace(id, std::move(made));
  by_hop_[KeyOf(connection)] = id;
  return connection;
}

ConnectionTable::Key ConnectionTable::KeyOf(const Connection& connection) {
  return {connection.transport(), connection.remote(), connection.domain()};
}

// Its own calls may still be running: it lives until the event is over.
void ConnectionTable::Forget(Connection& connection) {
  const auto by_hop = by_hop_.find(KeyOf(connection));
  if (by_hop != by_hop_.end() && by_hop->second == connection.id()) by_hop_.erase(by_hop);
  const auto found = connections_.find(connection.id());
  TW_CHECK(found != connections_.end());
  gone_.push_back(std::move(found->second));
  connections_.erase(found);
  if (!cleanup_.is_queued()) clock_.Schedule(cleanup_, clock_.now());
}

void ConnectionTable::OnCleanup(tickwire::Event& event) {
  static_cast<Cleanup&>(event).table.gone_.clear();
}

void ConnectionTable::CloseIdlest() {
  Connection* idlest = nullptr;
  for (const auto& [id, connection] : connections_) {
    if (connection->state() != Connection::State::kOpen) continue;
    if (idlest == nullptr || connection->last_use() < idlest->last_use()) idlest = connection.get();
  }
  if (idlest != nullptr) idlest->Close(kMakesRoom);
}

SendOptions ConnectionTable::OptionsFor(const Connection& connection,
                                        absl::string_view wire) const {
  SendOptions options;  // the payload protocol identifier is zero (RFC 4168 §5)
  if (connection.transport() != TransportKind::kSctp) return options;
  options.unordered = config_.sctp_order == SctpOrder::kUnordered;
  if (config_.sctp_order == SctpOrder::kPerTransaction) {
    options.stream = static_cast<uint16_t>(StableHash64(BranchOf(wire)) % config_.sctp_streams);
  }
  return options;
}

void ConnectionTable::OnMessage(Connection& connection, absl::string_view wire) {
  user_.OnMessage(connection, wire);
}

void ConnectionTable::OnBroken(Connection& connection, absl::string_view head,
                               const TraceLabel& why) {
  user_.OnBroken(connection, head, why);
}

void ConnectionTable::OnClosed(Connection& connection, CloseReason reason) {
  std::vector<Connection::Unsent> unsent = connection.TakeUnsent();
  Forget(connection);
  if (!IsOrderly(reason)) {
    ++counters_.failed;
    user_.OnFailed(connection, reason);
  }
  for (Connection::Unsent& message : unsent) user_.OnUndelivered(std::move(message));
}

}  // namespace tickwire::sip
