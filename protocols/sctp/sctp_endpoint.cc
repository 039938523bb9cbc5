#include "protocols/sctp/sctp_endpoint.h"

#include <algorithm>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "protocols/sctp/packet/cause/stale_cookie_cause.h"
#include "protocols/sctp/sctp_layer.h"
#include "sim_core/base/check.h"

namespace tickwire::sctp {
namespace {

constexpr TraceLabel kTagZeroInit{"initiate tag 0", "RFC 9260 3.3.2: silently discarded"};
constexpr TraceLabel kBadInit{"INIT refused", "RFC 9260 5.1"};
constexpr TraceLabel kNotListening{"nobody listens", "RFC 9260 8.4, rule 3"};
constexpr TraceLabel kUnauthenticated{"not authenticated", "RFC 4895 6.3"};
constexpr TraceLabel kForgedCookie{"cookie not ours", "RFC 9260 5.1.5, steps 2 and 3"};
constexpr TraceLabel kStaleCookie{"stale cookie", "RFC 9260 5.1.5, step 4"};

// An address and a port as a key.
std::pair<uint64_t, uint64_t> KeyOf(const IpAddress& address, uint16_t port) {
  uint64_t words[2] = {0, 0};
  const std::span<const uint8_t> bytes = address.bytes();
  for (size_t i = 0; i < bytes.size(); ++i) words[i / 8] = words[i / 8] << 8 | bytes[i];
  // Never two the same: the port and the version stand where an IPv4 address has zeros.
  return {words[0],
          address.is_v4() ? (uint64_t{1} << 63 | port) : words[1] * 0x9e3779b97f4a7c15u + port};
}

}  // namespace

struct SctpEndpoint::Entry : Association::Place {
  std::unique_ptr<Association> association;
  Association::User* user = nullptr;
  absl::InlinedVector<std::pair<uint64_t, uint64_t>, 1> keys;
  uint32_t tag = 0;
  uint64_t number = 0;
};

SctpEndpoint::SctpEndpoint(SctpLayer& layer, uint16_t port, std::vector<IpAddress> addresses,
                           const SctpConfig& config, User& user)
    : layer_(layer),
      port_(port),
      is_bound_to_all_(addresses.empty()),
      addresses_(std::move(addresses)),
      configs_{config},
      user_(user) {}

SctpEndpoint::~SctpEndpoint() {
  // Closing a socket ends its associations in good order where that can be (RFC 6458 section
  // 3.1.4); nobody is left to wait for it, so they are aborted.
  std::vector<Association*> all = associations();
  for (Association* association : all) association->Abort("");
  layer_.Forget(*this);
}

void SctpEndpoint::set_config(const SctpConfig& config) {
  if (!(config == configs_.back())) configs_.push_back(config);
}

void SctpEndpoint::PowerOff() {
  for (auto& [number, entry] : entries_) {
    entry->association->PowerOff();
    entry->association->set_place(nullptr);
    // Its user still holds it, until the end of this event at most.
    layer_.Bury(std::move(entry->association));
  }
  entries_.clear();
  by_peer_.clear();
  by_tag_.clear();
}

Association& SctpEndpoint::Make(const Endpoint& peer, Association::User* user) {
  auto entry = std::make_unique<Entry>();
  entry->user = user;
  entry->association =
      std::make_unique<Association>(static_cast<Association::Env&>(*this),
                                    static_cast<Association::User&>(*this), config(), port_, peer);
  entry->number = next_entry_++;
  Association& association = *entry->association;
  association.set_place(entry.get());
  entries_.emplace(entry->number, std::move(entry));
  return association;
}

SctpEndpoint::Entry* SctpEndpoint::EntryOf(const Association& association) {
  return static_cast<Entry*>(association.place());
}

std::vector<Association*> SctpEndpoint::associations() const {
  std::vector<Association*> all;
  for (const auto& [number, entry] : entries_) all.push_back(entry->association.get());
  return all;
}

Association* SctpEndpoint::Find(const Endpoint& peer) {
  const auto it = by_peer_.find(KeyOf(peer.address, peer.port));
  return it == by_peer_.end() ? nullptr : it->second->association.get();
}

Association* SctpEndpoint::FindByTag(VerificationTag tag) {
  const auto it = by_tag_.find(tag.value);
  return it == by_tag_.end() ? nullptr : it->second->association.get();
}

absl::StatusOr<Association*> SctpEndpoint::Connect(std::span<const IpAddress> peer, uint16_t port,
                                                   Association::User& user) {
  if (peer.empty()) return absl::InvalidArgumentError("an association needs an address");
  for (const IpAddress& address : peer) {
    if (address.is_multicast() || address.is_broadcast() || address.is_unspecified()) {
      return absl::InvalidArgumentError(
          absl::StrCat(address.ToString(), " is not the address of one peer"));
    }
    if (Find({address, port}) != nullptr) {
      return absl::AlreadyExistsError(
          absl::StrCat("there is an association with ", ToString(Endpoint{address, port})));
    }
  }
  Association& association = Make({peer.front(), port}, &user);
  association.Connect(peer);
  return &association;
}

void SctpEndpoint::PeelOff(Association& association, Association::User& user) {
  if (Entry* entry = EntryOf(association)) entry->user = &user;
}

bool SctpEndpoint::HasAddress(const IpAddress& address) const {
  const auto is_in = [&](const std::vector<IpAddress>& list) {
    return std::find(list.begin(), list.end(), address) != list.end();
  };
  return is_bound_to_all_ || is_in(addresses_) || is_in(proposed_);
}

// --- Packets for no association ---

void SctpEndpoint::AnswerAbort(const ArrivedPacket& packet, VerificationTag tag,
                               std::span<const uint8_t> causes) {
  PacketBuilder builder(layer_.packet_buffer(),
                        {.source_port = packet.header.destination_port,
                         .destination_port = packet.header.source_port,
                         .tag = tag},
                        layer_.ip().PathMtu(packet.from), nullptr);
  AbortChunk abort;
  abort.causes = causes;
  builder.Put(abort);
  layer_.Send(packet.to, packet.from, packet.udp_port, builder.Finish());
}

void SctpEndpoint::OnInit(const ArrivedPacket& packet, const ChunkView& init) {
  const std::optional<InitInfo> info = InitInfo::Read(init.value);
  if (!info) return layer_.Drop(packet, kBadInit);
  if (info->initiate_tag.value == 0) return layer_.Drop(packet, kTagZeroInit);
  if (!is_listening_) {
    layer_.Drop(packet, kNotListening);
    return AnswerAbort(packet, info->initiate_tag, {});
  }
  if (const auto defects = InitDefects(*info, /*is_ack=*/false)) {
    layer_.Drop(packet, kBadInit);
    return AnswerAbort(packet, info->initiate_tag, *defects);
  }
  // Section 5.1 B: nothing is kept.
  OwnInit own{.initiate_tag = NewTag(),
              .initial_tsn =
                  Tsn{config().initial_tsn.value_or(static_cast<uint32_t>(layer_.rng().Next64()))}};
  own.addresses = LocalAddresses();
  if (own.addresses.size() < 2) own.addresses.clear();
  if (Capabilities::Of(config()).authentication) {
    for (int i = 0; i < 4; ++i) {
      const uint64_t draw = layer_.rng().Next64();
      for (int shift = 56; shift >= 0; shift -= 8) {
        own.random.push_back(static_cast<uint8_t>(draw >> shift));
      }
    }
  }
  PacketBuilder builder(layer_.packet_buffer(),
                        {.source_port = packet.header.destination_port,
                         .destination_port = packet.header.source_port,
                         .tag = info->initiate_tag},
                        layer_.ip().PathMtu(packet.from), nullptr);
  PutInitAck({.config = config(),
              .own = own,
              .outbound_streams = std::min(config().outbound_streams, info->inbound_streams),
              .now = layer_.clock().now()},
             packet, init, *info, layer_.secret(), builder);
  layer_.Send(packet.to, packet.from, packet.udp_port, builder.Finish());
}

// Section 5.1.5.
void SctpEndpoint::OnCookieEcho(const ArrivedPacket& packet, const CookieEchoChunk& echo) {
  const std::optional<StateCookie> cookie = StateCookie::Verify(echo.cookie, layer_.secret());
  if (!cookie || cookie->local_port != packet.header.destination_port ||
      cookie->remote_port != packet.header.source_port || cookie->local_tag != packet.header.tag) {
    return layer_.Drop(packet, kForgedCookie);
  }
  const std::optional<InitInfo> init = InitInfo::Read(cookie->peer_init);
  if (!init) return layer_.Drop(packet, kForgedCookie);
  // It may have been used already, by an association that the source does not tell.
  std::vector<IpAddress> addresses = init->addresses;
  addresses.push_back(cookie->remote);
  for (const IpAddress& address : addresses) {
    if (Association* there = Find({address, cookie->remote_port})) return there->OnPacket(packet);
  }
  // RFC 4895 section 6.3: with the keys that the cookie tells of.
  std::span<const uint8_t> rest = packet.chunks();
  const std::optional<ChunkView> first = TakeChunk(rest);
  const std::optional<AuthChunk> auth = first ? AuthChunk::Parse(*first) : std::nullopt;
  const auto keys = Authentication::Agree(config(), cookie->random, *init);
  const bool is_refused = auth ? keys == nullptr || keys->Verify(*auth, packet.chunks()) !=
                                                        Authentication::Verdict::kGood
                               : keys != nullptr && keys->WeWant(CookieEchoChunk::kType);
  if (is_refused) return layer_.Drop(packet, kUnauthenticated);
  const Duration age = layer_.clock().now() - cookie->created;
  if (age > cookie->life) {  // step 4
    layer_.Drop(packet, kStaleCookie);
    std::vector<uint8_t> causes;
    const int64_t staleness_us = ((age - cookie->life).nanos() + 999) / 1000;
    StaleCookieCause{.staleness_us =
                         static_cast<uint32_t>(std::min<int64_t>(staleness_us, 0xffffffff))}
        .SerializeTo(causes);
    PacketBuilder builder(layer_.packet_buffer(),
                          {.source_port = packet.header.destination_port,
                           .destination_port = packet.header.source_port,
                           .tag = init->initiate_tag},
                          layer_.ip().PathMtu(packet.from), nullptr);
    builder.Put(ErrorChunk{.causes = causes});
    return layer_.Send(packet.to, packet.from, packet.udp_port, builder.Finish());
  }
  if (!is_listening_) {
    layer_.Drop(packet, kNotListening);
    return AnswerAbort(packet, init->initiate_tag, {});
  }
  Association& association = Make({packet.from, packet.header.source_port}, nullptr);
  Entry* entry = EntryOf(association);
  entry->user = &user_.OnAccepted(association);
  association.Accept(*cookie, *init, packet, auth.has_value());
}

void SctpEndpoint::OnPathMtu(const IpAddress& to) {
  for (Association* association : associations()) association->OnPathMtu(to);
}

// --- Association::Env ---

NodeClock& SctpEndpoint::clock() { return layer_.clock(); }
Rng& SctpEndpoint::rng() { return layer_.rng(); }
const StateCookie::Secret& SctpEndpoint::secret() { return layer_.secret(); }
std::vector<uint8_t>& SctpEndpoint::packet_buffer() { return layer_.packet_buffer(); }

void SctpEndpoint::SendPacket(const IpAddress& from, const IpAddress& to, uint16_t udp_port,
                              std::span<const uint8_t> packet) {
  IpAddress source = from;
  if (source.is_unspecified() && !is_bound_to_all_) {
    // Only what the peer knows, or will know, may be a source.
    source = layer_.ip().SourceFor(to);
    if (std::find(addresses_.begin(), addresses_.end(), source) == addresses_.end()) {
      const auto it = std::find_if(addresses_.begin(), addresses_.end(),
                                   [&](const IpAddress& own) { return own.is_v4() == to.is_v4(); });
      if (it != addresses_.end()) source = *it;
    }
  }
  layer_.Send(source, to, udp_port, packet);
}

size_t SctpEndpoint::PathMtu(const IpAddress& to) {
  constexpr size_t kUdpHeader = 8;
  const size_t mtu = std::max<size_t>(layer_.ip().PathMtu(to), 512);
  return config().udp_encapsulation_port != 0 ? mtu - kUdpHeader : mtu;
}

std::vector<IpAddress> SctpEndpoint::LocalAddresses() {
  return is_bound_to_all_ ? layer_.ip().LocalAddresses() : addresses_;
}

VerificationTag SctpEndpoint::NewTag() {
  if (config().initiate_tag && !by_tag_.contains(*config().initiate_tag)) {
    return VerificationTag{*config().initiate_tag};
  }
  for (;;) {
    const auto tag = static_cast<uint32_t>(layer_.rng().Next64());
    if (tag != 0 && !by_tag_.contains(tag)) return VerificationTag{tag};
  }
}

void SctpEndpoint::OnIdentityChanged(Association& association) {
  Entry* entry = EntryOf(association);
  TW_CHECK(entry != nullptr);
  for (const auto& key : entry->keys) {
    const auto it = by_peer_.find(key);
    if (it != by_peer_.end() && it->second == entry) by_peer_.erase(it);
  }
  entry->keys.clear();
  for (const std::unique_ptr<Path>& path : association.paths()) {
    if (path->is_removed) continue;
    const auto key = KeyOf(path->address(), association.remote_port());
    if (by_peer_.try_emplace(key, entry).second) entry->keys.push_back(key);
  }
  if (entry->tag != 0) by_tag_.erase(entry->tag);
  entry->tag = association.local_tag().value;
  by_tag_[entry->tag] = entry;
}

void SctpEndpoint::OnAddressProposed(const IpAddress& address) {
  if (!HasAddress(address)) proposed_.push_back(address);
}

void SctpEndpoint::OnAddressAgreed(Association&, const IpAddress& address, bool is_added) {
  if (is_bound_to_all_) {
    if (is_added) return;
    addresses_ = LocalAddresses();  // all but one from now on
    is_bound_to_all_ = false;
  }
  proposed_.erase(std::remove(proposed_.begin(), proposed_.end(), address), proposed_.end());
  const auto it = std::find(addresses_.begin(), addresses_.end(), address);
  if (is_added && it == addresses_.end()) addresses_.push_back(address);
  if (is_added || it == addresses_.end() || addresses_.size() < 2) return;
  addresses_.erase(it);
  proposed_.push_back(address);
}

void SctpEndpoint::OnDrop(const TraceEntity& place, const TraceLabel& why) {
  layer_.Drop(place, why);
}

void SctpEndpoint::OnGone(Association& association) {
  Entry* const entry = EntryOf(association);
  if (entry == nullptr) return;
  for (const auto& key : entry->keys) {
    const auto found = by_peer_.find(key);
    if (found != by_peer_.end() && found->second == entry) by_peer_.erase(found);
  }
  by_tag_.erase(entry->tag);
  layer_.Bury(std::move(entry->association));
  association.set_place(nullptr);
  entries_.erase(entry->number);
  if (entries_.empty()) layer_.OnIdle(*this);
}

// --- Association::User ---

void SctpEndpoint::OnMessage(Association& association, const ReceivedMessage& message,
                             std::span<const uint8_t> data) {
  Entry* entry = EntryOf(association);
  if (entry != nullptr && entry->user != nullptr)
    entry->user->OnMessage(association, message, data);
}

void SctpEndpoint::OnNotification(Association& association, const Notification& notification) {
  Entry* entry = EntryOf(association);
  if (entry != nullptr && entry->user != nullptr) {
    entry->user->OnNotification(association, notification);
  }
}

void SctpEndpoint::OnWritable(Association& association) {
  Entry* entry = EntryOf(association);
  if (entry != nullptr && entry->user != nullptr) entry->user->OnWritable(association);
}

}  // namespace tickwire::sctp
