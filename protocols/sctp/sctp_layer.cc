#include "protocols/sctp/sctp_layer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sctp/packet/cause/stale_cookie_cause.h"
#include "sim_core/base/check.h"
#include "sim_core/trace/digest.h"

namespace tickwire::sctp {
namespace {

constexpr TraceLabel kNotUnicast{"not unicast", "RFC 9260 8.4, rule 1"};
constexpr TraceLabel kAbortOotb{"ABORT out of the blue", "RFC 9260 8.4, rule 2"};
constexpr TraceLabel kClosedPort{"nobody listens", "RFC 9260 8.4, rule 3"};
constexpr TraceLabel kShutdownAckOotb{"SHUTDOWN ACK out of the blue", "RFC 9260 8.4, rule 5"};
constexpr TraceLabel kShutdownCompleteOotb{"SHUTDOWN COMPLETE out of the blue",
                                           "RFC 9260 8.4, rule 6"};
constexpr TraceLabel kQuietOotb{"COOKIE ACK or stale cookie out of the blue",
                                "RFC 9260 8.4, rule 7"};
constexpr TraceLabel kOotb{"out of the blue", "RFC 9260 8.4, rule 8"};
constexpr TraceLabel kTagZero{"verification tag 0", "RFC 9260 8.5.1 A: only with an INIT, alone"};
constexpr TraceLabel kTaggedInit{"INIT with a tag", "RFC 9260 12.3: silently discarded"};
constexpr TraceLabel kCookieOotb{"COOKIE ECHO for nobody", "RFC 9260 8.4, rule 4"};

// The chunks of a packet, as far as they can be told apart.
std::vector<ChunkView> Chunks(const ArrivedPacket& packet) {
  std::vector<ChunkView> chunks;
  std::span<const uint8_t> rest = packet.chunks();
  while (const std::optional<ChunkView> chunk = TakeChunk(rest)) chunks.push_back(*chunk);
  return chunks;
}

bool HasStaleCookie(const ChunkView& error) {
  return FindParameter(error.value, StaleCookieCause::kCode).has_value();
}

}  // namespace

SctpLayer::SctpLayer(IpLayer& ip, const RunSeed& seed)
    : ip_(ip),
      rng_(Rng::ForStream(seed, ip.node().name(), "sctp")),
      secrets_(Rng::ForStream(seed, ip.node().name(), "sctp secret")) {
  DrawSecret();
  ip_.Register(IpProtocol::kSctp, *this);
}

void SctpLayer::DrawSecret() {
  for (size_t i = 0; i < secret_.size(); i += 8) {
    const uint64_t draw = secrets_.Next64();
    for (size_t k = 0; k < 8; ++k) secret_[i + k] = static_cast<uint8_t>(draw >> (8 * k));
  }
}

SctpLayer::~SctpLayer() {
  for (const std::unique_ptr<SctpEndpoint>& endpoint : kept_) endpoint->PowerOff();
}

TraceEntity SctpLayer::entity() {
  if (!entity_) entity_ = trace().NewEntity("sctp");
  return *entity_;
}

absl::StatusOr<std::unique_ptr<SctpEndpoint>> SctpLayer::Bind(uint16_t port,
                                                              std::vector<IpAddress> addresses,
                                                              const SctpConfig& config,
                                                              SctpEndpoint::User& user) {
  for (const IpAddress& address : addresses) {
    if (!ip_.IsLocal(address)) {
      return absl::InvalidArgumentError(
          absl::StrCat(ip_.node().name(), " has no address ", address.ToString()));
    }
  }
  if (port == 0) {
    constexpr int kEphemeralPorts = 65536 - 49152;
    for (int tries = 0; tries < kEphemeralPorts && endpoints_.contains(next_ephemeral_); ++tries) {
      next_ephemeral_ = next_ephemeral_ == 65535 ? 49152 : next_ephemeral_ + 1;
    }
    if (endpoints_.contains(next_ephemeral_)) {
      return absl::ResourceExhaustedError("no ephemeral port is free");
    }
    port = next_ephemeral_;
    next_ephemeral_ = next_ephemeral_ == 65535 ? 49152 : next_ephemeral_ + 1;
  }
  auto& there = endpoints_[port];
  for (const SctpEndpoint* other : there) {
    const bool overlaps =
        addresses.empty() || std::any_of(addresses.begin(), addresses.end(),
                                         [&](const auto& a) { return other->HasAddress(a); });
    if (overlaps) {
      return absl::AlreadyExistsError(
          absl::StrCat("SCTP port ", port, " of ", ip_.node().name(), " is taken already"));
    }
  }
  auto endpoint = std::make_unique<SctpEndpoint>(*this, port, std::move(addresses), config, user);
  there.push_back(endpoint.get());
  return endpoint;
}

absl::Status SctpLayer::EnableUdpEncapsulation(DatagramStack& udp, uint16_t port) {
  if (udp_socket_ != nullptr) return absl::OkStatus();
  auto socket = udp.Bind({IpAddress(), port}, *this);
  if (!socket.ok()) return socket.status();
  udp_socket_ = std::move(*socket);
  return absl::OkStatus();
}

void SctpLayer::Forget(SctpEndpoint& endpoint) {
  auto& there = endpoints_[endpoint.port()];
  there.erase(std::find(there.begin(), there.end(), &endpoint));
  if (there.empty()) endpoints_.erase(endpoint.port());
}

std::vector<SctpEndpoint*> SctpLayer::endpoints() const {
  std::vector<SctpEndpoint*> all;
  for (const auto& [port, there] : endpoints_) all.insert(all.end(), there.begin(), there.end());
  std::stable_sort(all.begin(), all.end(), [](const SctpEndpoint* a, const SctpEndpoint* b) {
    return a->port() < b->port();
  });
  return all;
}

void SctpLayer::PowerOff() {
  for (SctpEndpoint* endpoint : endpoints()) endpoint->PowerOff();
  // Those that only waited for their last association give their ports back.
  while (!kept_.empty()) OnIdle(*kept_.front());
  DrawSecret();  // old cookies are worth nothing any more
}

void SctpLayer::Bury(std::unique_ptr<Association> association) {
  dead_.push_back(std::move(association));
  if (!bury_.is_queued()) clock().Schedule(bury_, clock().now());
}

void SctpLayer::Keep(std::unique_ptr<SctpEndpoint> endpoint) {
  SctpEndpoint& kept = *endpoint;
  kept_.push_back(std::move(endpoint));
  if (kept.associations().empty()) OnIdle(kept);
}

void SctpLayer::OnIdle(SctpEndpoint& endpoint) {
  const auto it = std::find_if(kept_.begin(), kept_.end(),
                               [&](const auto& kept) { return kept.get() == &endpoint; });
  if (it == kept_.end()) return;
  dead_endpoints_.push_back(std::move(*it));
  kept_.erase(it);
  if (!bury_.is_queued()) clock().Schedule(bury_, clock().now());
}

void SctpLayer::OnBury(Event& event) {
  SctpLayer& layer = static_cast<BuryEvent&>(event).layer;
  layer.dead_.clear();
  layer.dead_endpoints_.clear();
}

// --- Out ---

void SctpLayer::Send(const IpAddress& from, const IpAddress& to, uint16_t udp_port,
                     std::span<const uint8_t> packet) {
  if (udp_port != 0 && udp_socket_ != nullptr) {
    udp_socket_->SendTo({to, udp_port}, packet);
    return;
  }
  const IpAddress source = from.is_unspecified() ? ip_.SourceFor(to) : from;
  Packet out = ip_.node().NewPacket(packet.size());
  std::memcpy(out.mutable_bytes().data(), packet.data(), packet.size());
  // RFC 9260 section 7.3: a chunk that was cut for a larger path goes in fragments.
  const size_t with_header = packet.size() + (to.is_v4() ? 20 : 40);
  ip_.Send(source, to, IpProtocol::kSctp, std::move(out),
           {.ttl = kTtl, .dont_fragment = with_header <= ip_.PathMtu(to)});
}

// --- In ---

void SctpLayer::OnDatagram(const IpDatagram& datagram, Packet payload) {
  current_packet_ = payload.record();
  std::span<const uint8_t> bytes = payload.bytes();
  if (payload.virtual_tail() > 0) {
    arrived_.assign(bytes.begin(), bytes.end());
    arrived_.resize(payload.wire_size());
    bytes = arrived_;
  }
  OnSctp(datagram.source, datagram.destination, /*udp_port=*/0, bytes);
  current_packet_ = {};
  current_bytes_ = {};
}

void SctpLayer::OnReceive(DatagramSocket&, Endpoint from, Endpoint to,
                          std::span<const uint8_t> payload, uint32_t zeros) {
  current_packet_ = trace().cause();
  std::span<const uint8_t> bytes = payload;
  if (zeros > 0) {
    arrived_.assign(payload.begin(), payload.end());
    arrived_.resize(payload.size() + zeros);
    bytes = arrived_;
  }
  OnSctp(from.address, to.address, from.port, bytes);
  current_packet_ = {};
  current_bytes_ = {};
}

void SctpLayer::OnError(DatagramSocket&, Endpoint, DatagramError) {}

SctpEndpoint* SctpLayer::FindEndpoint(const IpAddress& to, uint16_t port) const {
  const auto it = endpoints_.find(port);
  if (it == endpoints_.end()) return nullptr;
  for (SctpEndpoint* endpoint : it->second) {
    if (endpoint->HasAddress(to)) return endpoint;
  }
  return nullptr;
}

void SctpLayer::OnSctp(const IpAddress& from, const IpAddress& to, uint16_t udp_port,
                       std::span<const uint8_t> bytes) {
  current_bytes_ = bytes;
  current_is_dropped_ = false;
  const TraceLabel* why = nullptr;
  const std::optional<CommonHeader> header = CommonHeader::Parse(bytes, &why);
  ArrivedPacket packet{.from = from, .to = to, .header = {}, .bytes = bytes, .udp_port = udp_port};
  if (!header) return Drop(packet, *why);
  packet.header = *header;
  if (from.is_multicast() || from.is_broadcast() || to.is_multicast() || to.is_broadcast()) {
    return Drop(packet, kNotUnicast);
  }
  SctpEndpoint* const endpoint = FindEndpoint(to, header->destination_port);
  if (endpoint != nullptr) {
    if (Association* association = FindAssociation(*endpoint, packet)) {
      return association->OnPacket(packet);
    }
  }
  OnOutOfTheBlue(packet, endpoint);
}

Association* SctpLayer::FindAssociation(SctpEndpoint& endpoint, const ArrivedPacket& packet) {
  if (Association* found = endpoint.Find({packet.from, packet.header.source_port})) return found;
  // RFC 5061 section 5.3 G: an ASCONF may come from an address that is not known yet: its tag
  // tells, and the address that it carries.
  std::span<const uint8_t> rest = packet.chunks();
  const std::optional<ChunkView> first = TakeChunk(rest);
  if (!first) return nullptr;
  if (first->type == AuthChunk::kType) {
    const std::optional<ChunkView> second = TakeChunk(rest);
    Association* const by_tag = endpoint.FindByTag(packet.header.tag);
    if (second && second->type == AsconfChunk::kType && by_tag != nullptr &&
        by_tag->remote_port() == packet.header.source_port) {
      return by_tag;
    }
    return nullptr;
  }
  // RFC 9260 section 5.1.2 D: an INIT or INIT ACK belongs to an association if any address in it
  // does.
  if (first->type != InitChunk::kType && first->type != InitAckChunk::kType) return nullptr;
  const std::optional<InitInfo> info = InitInfo::Read(first->value);
  if (!info) return nullptr;
  for (const IpAddress& address : info->addresses) {
    if (Association* found = endpoint.Find({address, packet.header.source_port})) return found;
  }
  return nullptr;
}

void SctpLayer::Answer(const ArrivedPacket& packet, VerificationTag tag,
                       absl::FunctionRef<void(std::vector<uint8_t>&)> put_chunk) {
  CommonHeader{.source_port = packet.header.destination_port,
               .destination_port = packet.header.source_port,
               .tag = tag}
      .Begin(packet_buffer_);
  put_chunk(packet_buffer_);
  CommonHeader::Seal(packet_buffer_);
  Send(packet.to, packet.from, packet.udp_port, packet_buffer_);
}

// Section 8.4; the rules in the order of the text.
void SctpLayer::OnOutOfTheBlue(const ArrivedPacket& packet, SctpEndpoint* endpoint) {
  std::vector<ChunkView> chunks = Chunks(packet);
  // RFC 4895 section 6.3: as if the AUTH were not there.
  if (packet.header.tag.value != 0 && !chunks.empty() && chunks[0].type == AuthChunk::kType) {
    chunks.erase(chunks.begin());
  }
  const auto has = [&](uint8_t type) {
    return std::any_of(chunks.begin(), chunks.end(),
                       [&](const ChunkView& chunk) { return chunk.type == type; });
  };
  const SctpConfig::Profile profile = endpoint != nullptr ? endpoint->config().profile : profile_;
  // 2.
  if (has(AbortChunk::kType)) return Drop(packet, kAbortOotb);
  // 3, with 8.5.1 A: tag 0 means an INIT, alone.
  const bool begins_with_init = !chunks.empty() && chunks[0].type == InitChunk::kType;
  if (packet.header.tag.value == 0) {
    if (!begins_with_init || chunks.size() != 1) return Drop(packet, kTagZero);
    if (endpoint != nullptr) return endpoint->OnInit(packet, chunks[0]);
    const std::optional<InitInfo> info = InitInfo::Read(chunks[0].value);
    Drop(packet, kClosedPort);
    if (!info || info->initiate_tag.value == 0) return;
    return Answer(packet, info->initiate_tag,
                  [](std::vector<uint8_t>& out) { AbortChunk().SerializeTo(out); });
  }
  if (begins_with_init) return Drop(packet, kTaggedInit);  // section 12.3
  // 4.
  if (!chunks.empty() && chunks[0].type == CookieEchoChunk::kType) {
    const std::optional<CookieEchoChunk> echo = CookieEchoChunk::Parse(chunks[0]);
    if (endpoint == nullptr || !echo) return Drop(packet, kCookieOotb);
    return endpoint->OnCookieEcho(packet, *echo);
  }
  // 5.
  if (has(ShutdownAckChunk::kType)) {
    Drop(packet, kShutdownAckOotb);
    return Answer(packet, packet.header.tag, [](std::vector<uint8_t>& out) {
      ShutdownCompleteChunk complete;
      complete.tag_reflected = true;
      complete.SerializeTo(out);
    });
  }
  // 6.
  if (has(ShutdownCompleteChunk::kType)) return Drop(packet, kShutdownCompleteOotb);
  // 7. The profile: common stacks answer these with ABORT as well.
  const bool is_quiet = has(CookieAckChunk::kType) ||
                        std::any_of(chunks.begin(), chunks.end(), [](const ChunkView& chunk) {
                          return chunk.type == ErrorChunk::kType && HasStaleCookie(chunk);
                        });
  if (is_quiet && profile == SctpConfig::Profile::kRfc) return Drop(packet, kQuietOotb);
  // 8.
  Drop(packet, kOotb);
  Answer(packet, packet.header.tag, [](std::vector<uint8_t>& out) {
    AbortChunk abort;
    abort.tag_reflected = true;
    abort.SerializeTo(out);
  });
}

// --- ICMP (section 10) ---

// Rules 5 and 6: the peer's tag, or that of the INIT that begins the packet.
Association* SctpLayer::SenderOf(const IcmpReport& report) const {
  const std::optional<CommonHeader> header = CommonHeader::Read(report.payload);
  if (!header) return nullptr;
  SctpEndpoint* const endpoint = FindEndpoint(report.source, header->source_port);
  if (endpoint == nullptr) return nullptr;
  Association* const sender = endpoint->Find({report.destination, header->destination_port});
  if (sender == nullptr) return nullptr;
  if (header->tag.value != 0) return sender->peer_tag() == header->tag ? sender : nullptr;
  // An INIT chunk as far as it is needed: type, flags, length, Initiate Tag.
  if (report.payload.size() < CommonHeader::kSize + 8) return nullptr;
  ValueReader init(report.payload.subspan(CommonHeader::kSize));
  if (init.Take8() != InitChunk::kType) return nullptr;
  init.Take8();
  init.Take16();
  return init.Take32() == sender->local_tag().value ? sender : nullptr;
}

bool SctpLayer::MayHaveSent(const IcmpReport& report) const { return SenderOf(report) != nullptr; }

void SctpLayer::OnIcmpError(const IcmpReport& report) {
  Association* const sender = SenderOf(report);
  if (sender == nullptr) return;
  const CommonHeader header = *CommonHeader::Read(report.payload);
  switch (report.kind) {
    case IcmpErrorKind::kPacketTooBig:
      return FindEndpoint(report.source, header.source_port)->OnPathMtu(report.destination);
    case IcmpErrorKind::kProtocolUnreachable:
      // Rule 8: that of an INIT counts in COOKIE-WAIT only.
      if (header.tag.value == 0 && sender->state() != Association::State::kCookieWait) return;
      return sender->OnUnreachable(report.destination, /*protocol=*/true);
    default:
      return;  // section 10, rule 3: left to the error counters
  }
}

void SctpLayer::Drop(const TraceEntity& place, const TraceLabel& why) {
  // A packet is dropped once, whatever more is wrong with it.
  if (current_is_dropped_) return trace().Note(place, why, why.rule);
  current_is_dropped_ = true;
  trace().Packet({.kind = TraceKind::kPacketDropped,
                  .place = place,
                  .packet = current_packet_,
                  .label = &why,
                  .value = static_cast<int64_t>(current_bytes_.size()),
                  .packet_hash = StableHash64(current_bytes_),
                  .bytes = {}});
}

}  // namespace tickwire::sctp
