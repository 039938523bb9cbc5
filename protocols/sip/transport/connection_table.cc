#include "protocols/sip/transport/connection_table.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "protocols/sip/transport/transport_names.h"
#include "sim_core/trace/digest.h"

namespace tickwire::sip {
namespace {

constexpr TraceLabel kTooMany{"too many connections", "our limit"};
constexpr TraceLabel kMakesRoom{"closed to make room", "our limit"};
constexpr TraceLabel kTooMuchWaits{"too much waits already, or it is too long",
                                   "our limit; RFC 3261 18.4"};
constexpr TraceLabel kNoConnection{"no connection can be opened", "RFC 3261 18.4"};
constexpr TraceLabel kAnyPort{"comes from another port, as ours is not free", "RFC 7118"};

// The branch of the topmost Via; empty where there is none. Reads no more of the message than that:
// this is done for each.
absl::string_view BranchOf(absl::string_view wire) {
  for (size_t at = wire.find('\n'); at != absl::string_view::npos; at = wire.find('\n')) {
    wire.remove_prefix(at + 1);
    const absl::string_view row = wire.substr(0, wire.find('\n'));
    const size_t colon = row.find(':');
    if (colon == absl::string_view::npos) return {};
    const absl::string_view name = absl::StripAsciiWhitespace(row.substr(0, colon));
    if (!absl::EqualsIgnoreCase(name, "Via") && !absl::EqualsIgnoreCase(name, "v")) continue;
    absl::string_view rest = row.substr(0, row.find(','));
    while (rest.find(';') != absl::string_view::npos) {
      rest.remove_prefix(rest.find(';') + 1);
      const absl::string_view parameter = rest.substr(0, rest.find(';'));
      const size_t equals = parameter.find('=');
      if (equals == absl::string_view::npos) continue;
      if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parameter.substr(0, equals)),
                                 "branch")) {
        return absl::StripAsciiWhitespace(parameter.substr(equals + 1));
      }
    }
    return {};
  }
  return {};
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
  // The latest one. Whoever asks for no domain is content with the certificate of any.
  Connection* found = nullptr;
  for (auto it = by_hop_.lower_bound(Key{hop.transport, hop.remote, hop.domain, 0});
       it != by_hop_.end(); ++it) {
    const auto& [transport, remote, domain, id] = *it;
    if (transport != hop.transport || remote != hop.remote) break;
    if (domain != hop.domain && (!hop.domain.empty() || found != nullptr)) break;
    if (Connection* const known = Find(id)) found = known;
  }
  return found != nullptr ? found : Connect(hop);
}

Connection* ConnectionTable::Connect(const Hop& hop) {
  if (!MakeRoom()) {
    clock_.trace().Note(entity_, kTooMany, ToString(hop.remote));
    return nullptr;
  }
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
  by_hop_.insert(KeyOf(connection));
  return connection;
}

ConnectionTable::Key ConnectionTable::KeyOf(const Connection& connection) {
  return {connection.transport(), connection.remote(), connection.domain(), connection.id()};
}

// Its own calls may still be running: it lives until the event is over.
void ConnectionTable::Forget(Connection& connection) {
  by_hop_.erase(KeyOf(connection));
  const auto found = connections_.find(connection.id());
  TW_CHECK(found != connections_.end());
  gone_.push_back(std::move(found->second));
  connections_.erase(found);
  if (!cleanup_.is_queued()) clock_.Schedule(cleanup_, clock_.now());
}

void ConnectionTable::OnCleanup(tickwire::Event& event) {
  static_cast<Cleanup&>(event).table.gone_.clear();
}

// For one more of ours. False: all are being opened.
bool ConnectionTable::MakeRoom() {
  if (connections_.size() < config_.max_connections) return true;
  Connection* idlest = nullptr;
  Connection* longest_closing = nullptr;
  size_t closing = 0;
  for (const auto& [id, connection] : connections_) {
    if (!connection->is_usable()) {
      ++closing;
      if (longest_closing == nullptr) longest_closing = connection.get();
    } else if (connection->state() == Connection::State::kOpen &&
               (idlest == nullptr || connection->last_use() < idlest->last_use())) {
      idlest = connection.get();
    }
  }
  if (connections_.size() - closing >= config_.max_connections) {
    if (idlest == nullptr) return false;
    idlest->Close(kMakesRoom);
    ++closing;
  }
  if (closing > config_.max_connections && longest_closing != nullptr) {
    longest_closing->Abort(kMakesRoom);
  }
  return true;
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
