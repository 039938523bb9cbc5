#include "protocols/tcp/tcp_layer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/tcp/tcp_header.h"
#include "sim_core/base/check.h"
#include "sim_core/random/rng.h"
#include "sim_core/trace/digest.h"

namespace tickwire::tcp {
namespace {

constexpr TraceLabel kNoConnection{"no connection", "RFC 9293 3.10.7.1: CLOSED"};
constexpr TraceLabel kNotUnicast{"not unicast", "RFC 9293 3.9.2.3, MUST-57"};
constexpr TraceLabel kReplaced{"replaced", "RFC 9293 3.6.1, RFC 6191: a new SYN in TIME-WAIT"};

// The unspecified addresses of both versions mean the same: any address of the node.
bool IsSame(const IpAddress& a, const IpAddress& b) {
  return a == b || (a.is_unspecified() && b.is_unspecified());
}

uint64_t Keyed(uint64_t secret, uint64_t purpose, const TcpConnection::Id& id) {
  std::array<uint8_t, 56> bytes{};
  size_t at = 0;
  const auto add_number = [&](uint64_t value, int size) {
    for (int i = size - 1; i >= 0; --i) bytes[at++] = static_cast<uint8_t>(value >> (8 * i));
  };
  add_number(secret, 8);
  add_number(purpose, 2);
  for (const Endpoint& end : {id.local, id.remote}) {
    const std::span<const uint8_t> address = end.address.bytes();
    std::memcpy(bytes.data() + at, address.data(), address.size());
    at += address.size();
    add_number(end.port, 2);
  }
  return StableHash64(std::span<const uint8_t>(bytes.data(), at));
}

}  // namespace

TcpLayer::TcpLayer(IpLayer& ip, const RunSeed& seed)
    : ip_(ip),
      secret_(Rng::ForStream(seed, ip.node().name(), "tcp secret").Next64()),
      cookies_(secret_ ^ 0x5bd1e9955bd1e995u),
      config_(&configs_.emplace_back()) {
  ip_.Register(IpProtocol::kTcp, *this);
}

TcpLayer::~TcpLayer() = default;

void TcpLayer::set_config(const TcpConfig& config) { config_ = &Intern(config); }

const TcpConfig& TcpLayer::Intern(const TcpConfig& config) {
  const auto it = std::find(configs_.begin(), configs_.end(), config);
  return it != configs_.end() ? *it : configs_.emplace_back(config);
}

// --- Opening ---

absl::StatusOr<std::unique_ptr<Channel>> TcpLayer::Connect(TransportKind kind, Endpoint remote,
                                                           Channel::Listener& listener,
                                                           const ConnectOptions& options) {
  if (kind != TransportKind::kTcp) return absl::InvalidArgumentError("this stack speaks TCP only");
  return ConnectTcp(remote, listener, options.local, *config_);
}

absl::StatusOr<std::unique_ptr<TransportStack::Listening>> TcpLayer::Listen(TransportKind kind,
                                                                            Endpoint local,
                                                                            int backlog,
                                                                            AcceptFn on_accept) {
  if (kind != TransportKind::kTcp) return absl::InvalidArgumentError("this stack speaks TCP only");
  return ListenTcp(local, backlog, std::move(on_accept), *config_);
}

absl::StatusOr<uint16_t> TcpLayer::FreePort(const IpAddress& local, const Endpoint& remote) {
  constexpr int kEphemeralPorts = 65536 - 49152;
  for (int tries = 0; tries < kEphemeralPorts; ++tries) {
    const uint16_t port = next_ephemeral_;
    next_ephemeral_ = next_ephemeral_ == 65535 ? 49152 : next_ephemeral_ + 1;
    if (!connections_.contains(TcpConnection::Id{{local, port}, remote}) &&
        FindListener({local, port}) == nullptr) {
      return port;
    }
  }
  return absl::ResourceExhaustedError(
      absl::StrCat(ip_.node().name(), " has no free port towards ", ToString(remote)));
}

absl::StatusOr<std::unique_ptr<TcpSocket>> TcpLayer::ConnectTcp(Endpoint remote,
                                                                Channel::Listener& listener,
                                                                Endpoint local,
                                                                const TcpConfig& config) {
  if (local.address.is_unspecified()) local.address = ip_.SourceFor(remote.address);
  if (local.address.is_unspecified()) {
    return absl::UnavailableError(
        absl::StrCat(ip_.node().name(), " has no route to ", remote.address.ToString()));
  }
  if (!ip_.IsLocal(local.address)) {
    return absl::InvalidArgumentError(
        absl::StrCat(ip_.node().name(), " has no address ", local.address.ToString()));
  }
  if (remote.address.is_multicast() || remote.address.is_broadcast()) {
    return absl::InvalidArgumentError("TCP speaks to one peer: RFC 9293 3.9.2.3");
  }
  if (local.port == 0) {
    const absl::StatusOr<uint16_t> port = FreePort(local.address, remote);
    if (!port.ok()) return port.status();
    local.port = *port;
  }
  const TcpConnection::Id id{local, remote};
  if (connections_.contains(id)) {
    return absl::AlreadyExistsError(
        absl::StrCat("there is a connection from ", ToString(local), " to ", ToString(remote)));
  }
  TcpConnection& connection = MakeConnection(id, Intern(config));
  auto socket = std::make_unique<TcpSocket>(connection, &listener);
  connection.OpenActive(*socket);
  return socket;
}

absl::StatusOr<std::unique_ptr<TcpListener>> TcpLayer::ListenTcp(Endpoint local, int backlog,
                                                                 AcceptFn on_accept,
                                                                 const TcpConfig& config) {
  if (!local.address.is_unspecified() && !ip_.IsLocal(local.address)) {
    return absl::InvalidArgumentError(
        absl::StrCat(ip_.node().name(), " has no address ", local.address.ToString()));
  }
  if (local.port == 0) return absl::InvalidArgumentError("a listener needs a port");
  auto& listeners = listeners_[local.port];
  for (const TcpListener* other : listeners) {
    if (IsSame(other->local().address, local.address)) {
      return absl::AlreadyExistsError(
          absl::StrCat("TCP port ", local.port, " of ", ip_.node().name(), " is taken already"));
    }
  }
  auto listener =
      std::make_unique<TcpListener>(*this, local, backlog, Intern(config), std::move(on_accept));
  listeners.push_back(listener.get());
  return listener;
}

TcpConnection& TcpLayer::MakeConnection(const TcpConnection::Id& id, const TcpConfig& config) {
  auto& slot = connections_[id];
  TW_CHECK(slot == nullptr);
  slot = std::make_unique<TcpConnection>(*this, id, config);
  return *slot;
}

// --- Ending ---

void TcpLayer::Retire(TcpConnection& connection) {
  const auto it = connections_.find(connection.id());
  TW_CHECK(it != connections_.end() && it->second.get() == &connection);
  std::unique_ptr<TcpConnection> ended = std::move(it->second);
  connections_.erase(it);
  if (connection.socket() != nullptr) return connection.socket()->Keep(std::move(ended));
  Bury(std::move(ended));
}

void TcpLayer::Bury(std::unique_ptr<TcpConnection> connection) {
  dead_.push_back(std::move(connection));
  // Not now: it may be at work further up the stack.
  if (!bury_.is_queued()) clock().Schedule(bury_, clock().now());
}

void TcpLayer::OnBury(Event& event) { static_cast<BuryEvent&>(event).layer.dead_.clear(); }

void TcpLayer::Forget(TcpListener& listener) {
  auto& listeners = listeners_[listener.local().port];
  listeners.erase(std::find(listeners.begin(), listeners.end(), &listener));
  std::vector<TcpConnection*> orphans;
  for (const TcpConnection* connection : connections()) {
    if (connection->listener() == &listener) {
      orphans.push_back(connections_.at(connection->id()).get());
    }
  }
  for (TcpConnection* orphan : orphans) orphan->OnListenerGone();
}

void TcpLayer::PowerOff() {
  for (const TcpConnection* connection : connections()) {
    connections_.at(connection->id())->PowerOff();
  }
}

// --- Looking ---

TraceEntity TcpLayer::entity() {
  if (!entity_) entity_ = trace().NewEntity("tcp");
  return *entity_;
}

const TcpConnection* TcpLayer::Find(const TcpConnection::Id& id) const {
  const auto it = connections_.find(id);
  return it == connections_.end() ? nullptr : it->second.get();
}

std::vector<const TcpConnection*> TcpLayer::connections() const {
  std::vector<const TcpConnection*> all;
  all.reserve(connections_.size());
  for (const auto& [id, connection] : connections_) all.push_back(connection.get());
  std::sort(all.begin(), all.end(), [](const TcpConnection* a, const TcpConnection* b) {
    return std::tie(a->id().local, a->id().remote) < std::tie(b->id().local, b->id().remote);
  });
  return all;
}

size_t TcpLayer::live_connection_count() const {
  size_t count = 0;
  for (const auto& [id, connection] : connections_) {
    if (connection->state() != TcpConnection::State::kTimeWait) ++count;
  }
  return count;
}

TcpListener* TcpLayer::FindListener(const Endpoint& local) const {
  const auto it = listeners_.find(local.port);
  if (it == listeners_.end()) return nullptr;
  TcpListener* for_any_address = nullptr;
  for (TcpListener* listener : it->second) {
    if (listener->local().address == local.address) return listener;
    if (listener->local().address.is_unspecified()) for_any_address = listener;
  }
  return for_any_address;
}

// --- Numbers ---

uint32_t TcpLayer::InitialSequence(const TcpConnection::Id& id, const TcpConfig& config) const {
  if (config.initial_sequence) return *config.initial_sequence;
  // RFC 6528 section 3: M ticks every 4 microseconds, F is keyed by the connection.
  const int64_t ticks = ip_.node().clock().now().nanos() / 4000;
  const uint32_t number =
      static_cast<uint32_t>(ticks) + static_cast<uint32_t>(Keyed(secret_, 1, id));
  // RFC 9293 section 3.6.1, MAY-2 (1): above all that the connection before it used.
  if (least_sequence_ && static_cast<int32_t>(number - *least_sequence_) < 0) {
    return *least_sequence_;
  }
  return number;
}

uint32_t TcpLayer::TimestampOffset(const TcpConnection::Id& id) const {
  return static_cast<uint32_t>(Keyed(secret_, 2, id)) & ~uint32_t{0x1f};
}

bool TcpLayer::MayChallenge(const TcpConfig& config) {
  if (config.challenge_acks_per_second == 0) return true;
  const int64_t second = clock().now().nanos() / Duration::Seconds(1).nanos();
  if (second != challenge_second_) {
    challenge_second_ = second;
    challenges_ = 0;
  }
  if (challenges_ >= config.challenge_acks_per_second) return false;
  ++challenges_;
  return true;
}

uint16_t TcpLayer::MssFor(const TcpConnection::Id& id, const TcpConfig& config) const {
  const size_t headers = (id.remote.address.is_v4() ? 20 : 40) + TcpHeader::kSize;
  const size_t mtu = std::max<size_t>(ip_.PathMtu(id.remote.address), headers + 8);
  const size_t mss = std::min<size_t>(mtu - headers, 65535);
  return static_cast<uint16_t>(config.mss == 0 ? mss : std::min<size_t>(mss, config.mss));
}

// --- Arriving ---

void TcpLayer::OnDatagram(const IpDatagram& datagram, Packet payload) {
  const TraceLabel* why = nullptr;
  const std::optional<TcpHeader> header =
      TcpHeader::Parse(payload, datagram.source, datagram.destination, &why);
  if (!header) {
    trace().Packet({.kind = TraceKind::kPacketDropped,
                    .place = entity(),
                    .packet = payload.record(),
                    .label = why,
                    .value = static_cast<int64_t>(payload.wire_size()),
                    .packet_hash = payload.Hash(),
                    .bytes = {}});
    return;
  }
  const size_t header_bytes = header->header_bytes();
  const std::span<const uint8_t> bytes = payload.bytes();
  // Only a run of zeros can lie beyond the stored bytes: options of zeros end the list at once.
  const size_t stored_header = std::min(header_bytes, bytes.size());
  Segment segment{.datagram = datagram,
                  .packet = payload,
                  .header = *header,
                  .options = TcpOptions::Parse(
                      bytes.subspan(TcpHeader::kSize, stored_header - TcpHeader::kSize)),
                  .bytes = bytes.subspan(stored_header),
                  .zeros = static_cast<uint32_t>(payload.wire_size() - header_bytes -
                                                 (bytes.size() - stored_header))};
  if (datagram.source.is_multicast() || datagram.source.is_broadcast() ||
      datagram.destination.is_multicast() || datagram.destination.is_broadcast()) {
    return Drop(segment, kNotUnicast);
  }
  const TcpConnection::Id id{{datagram.destination, header->destination_port},
                             {datagram.source, header->source_port}};
  const auto it = connections_.find(id);
  if (it != connections_.end()) {
    TcpConnection& connection = *it->second;
    if (connection.state() == TcpConnection::State::kTimeWait && MayReuse(connection, segment)) {
      TcpListener* listener = FindListener(id.local);
      if (listener != nullptr) {
        least_sequence_ = connection.next_sequence();
        connection.MakeWay(kReplaced);
        listener->OnSegment(segment);
        least_sequence_.reset();
        return;
      }
    }
    return connection.OnSegment(segment);
  }
  if (TcpListener* listener = FindListener(id.local)) return listener->OnSegment(segment);
  Drop(segment, kNoConnection);
  if (!segment.has(TcpHeader::kRst)) SendReset(segment);
}

bool TcpLayer::MayReuse(const TcpConnection& old, const Segment& syn) const {
  if (!syn.has(TcpHeader::kSyn) || syn.has(TcpHeader::kAck) || syn.has(TcpHeader::kRst)) {
    return false;
  }
  if (!old.config().reuse_time_wait) return false;
  // RFC 6191 section 2: by timestamp where both have one, else by sequence number.
  const std::optional<uint32_t> recent = old.recent_timestamp();
  if (recent && syn.options.timestamps) {
    const int32_t newer = static_cast<int32_t>(syn.options.timestamps->value - *recent);
    if (newer != 0) return newer > 0;
  }
  return Unwrap(syn.header.sequence, old.receive_initial_sequence(), old.rcv_nxt()) >=
         old.rcv_nxt();
}

bool TcpLayer::MayHaveSent(const IcmpReport& report) const {
  const std::optional<TcpHeader> header = TcpHeader::Read(report.payload);
  if (!header) return false;
  const TcpConnection* connection =
      Find({{report.source, header->source_port}, {report.destination, header->destination_port}});
  return connection != nullptr && connection->IsOutstanding(header->sequence);
}

void TcpLayer::OnIcmpError(const IcmpReport& report) {
  const std::optional<TcpHeader> header = TcpHeader::Read(report.payload);
  if (!header) return;
  const auto it = connections_.find(TcpConnection::Id{
      {report.source, header->source_port}, {report.destination, header->destination_port}});
  if (it != connections_.end()) it->second->OnIcmp(report.kind, header->sequence);
}

// --- Answers without a connection ---

void TcpLayer::SendReset(const Segment& offending) {
  const TcpConnection::Id id{{offending.datagram.destination, offending.header.destination_port},
                             {offending.datagram.source, offending.header.source_port}};
  TcpHeader reset;
  if (offending.has(TcpHeader::kAck)) {
    reset.sequence = offending.header.acknowledgment;
    reset.flags = TcpHeader::kRst;
  } else {
    reset.acknowledgment = offending.header.sequence + static_cast<uint32_t>(offending.length());
    reset.flags = TcpHeader::kRst | TcpHeader::kAck;
  }
  SendBare(id, reset, {}, Profile::kRfc);
}

void TcpLayer::SendBare(const TcpConnection::Id& id, const TcpHeader& header,
                        const TcpOptions& options, Profile profile) {
  TcpHeader complete = header;
  complete.source_port = id.local.port;
  complete.destination_port = id.remote.port;
  uint8_t bytes[TcpOptions::kMaxSize];
  const size_t size = options.Write(bytes, profile);
  Packet packet = ip_.node().NewPacket(0);
  complete.PrependTo(packet, {bytes, size}, id.local.address, id.remote.address);
  ip_.Send(id.local.address, id.remote.address, IpProtocol::kTcp, std::move(packet),
           {.ttl = kTtl, .dont_fragment = true});
}

void TcpLayer::Drop(const Segment& segment, const TraceLabel& why) {
  trace().Packet({.kind = TraceKind::kPacketDropped,
                  .place = entity(),
                  .packet = segment.packet.record(),
                  .label = &why,
                  .value = static_cast<int64_t>(segment.packet.wire_size()),
                  .packet_hash = segment.packet.Hash(),
                  .bytes = {}});
}

}  // namespace tickwire::tcp
