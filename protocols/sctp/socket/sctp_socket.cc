#include "protocols/sctp/socket/sctp_socket.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {
namespace {

// The place of SenderDry in Notification: off until it is asked for (section 6.1.9).
constexpr size_t kSenderDry = 7;
static_assert(std::is_same_v<std::variant_alternative_t<kSenderDry, Notification>, SenderDry>);

absl::Status Invalid(absl::string_view what) { return absl::InvalidArgumentError(what); }
absl::Status NoAssociation(SctpSocket::AssocId id) {
  return absl::NotFoundError(absl::StrCat("there is no association ", id));
}
absl::Status Done(bool ok, absl::string_view why) {
  return ok ? absl::OkStatus() : absl::FailedPreconditionError(why);
}

SctpSocket::PaddrInfo InfoOf(const Path& path) {
  return {.address = path.address(),
          .state = path.state(),
          .cwnd = path.window.cwnd(),
          .srtt = path.rto.srtt(),
          .rto = path.rto.value(),
          .mtu = path.packet_bytes() + (path.address().is_v4() ? 20 : 40)};
}

}  // namespace

SctpSocket::SctpSocket(SctpLayer& layer, Style style, const SctpConfig& config, Listener& listener)
    : layer_(layer),
      style_(style),
      config_(config),
      listener_(listener),
      subscribed_(~(1u << kSenderDry)) {}

SctpSocket::~SctpSocket() {
  for (const auto& [id, association] : associations_) {
    association->set_user_gone();
    // A peeled socket has no endpoint of its own: its association ends in good order without it.
    if (endpoint_ == nullptr) association->Shutdown();
  }
  endpoint_.reset();  // aborts the rest; nobody is told
}

// --- Associations by number ---

Association* SctpSocket::Get(AssocId association) const {
  const auto it = associations_.find(association);
  return it == associations_.end() ? nullptr : it->second;
}

absl::StatusOr<Association*> SctpSocket::Lookup(AssocId association) const {
  Association* found = Get(association);
  // A one-to-one socket has one (section 8: the field is ignored).
  if (found == nullptr && style_ == Style::kOneToOne && !associations_.empty()) {
    found = associations_.begin()->second;
  }
  if (found == nullptr) return NoAssociation(association);
  return found;
}

SctpSocket::AssocId SctpSocket::IdOf(const Association& association) const {
  for (const auto& [id, other] : associations_) {
    if (other == &association) return id;
  }
  return 0;
}

SctpSocket::AssocId SctpSocket::Adopt(Association& association) {
  const AssocId id = next_id_++;
  associations_[id] = &association;
  return id;
}

std::vector<SctpSocket::AssocId> SctpSocket::GetAssocIdList() const {
  std::vector<AssocId> ids;
  for (const auto& [id, association] : associations_) ids.push_back(id);
  return ids;
}

Association::User& SctpSocket::OnAccepted(Association& association) {
  Adopt(association);
  return *this;
}

void SctpSocket::OnMessage(Association& association, const ReceivedMessage& message,
                           std::span<const uint8_t> data) {
  listener_.OnMessage(*this,
                      {.sid = message.stream.value,
                       .ssn = message.number,
                       .unordered = message.unordered,
                       .ppid = message.ppid.value,
                       .tsn = message.first_tsn.value,
                       .assoc_id = IdOf(association)},
                      data);
}

void SctpSocket::OnNotification(Association& association, const Notification& notification) {
  const AssocId id = IdOf(association);
  if (const auto* change = std::get_if<AssociationChange>(&notification)) {
    const bool lives = change->state == AssociationChange::State::kUp ||
                       change->state == AssociationChange::State::kRestart;
    if (!lives) associations_.erase(id);
  }
  if ((subscribed_ >> notification.index() & 1) != 0) {
    listener_.OnNotification(*this, id, notification);
  }
}

void SctpSocket::OnWritable(Association& association) {
  listener_.OnWritable(*this, IdOf(association));
}

void SctpSocket::Subscribe(size_t index, bool on) {
  if (on) {
    subscribed_ |= 1u << index;
  } else {
    subscribed_ &= ~(1u << index);
  }
}

// --- Calls ---

absl::Status SctpSocket::Bindx(uint16_t port, std::vector<IpAddress> addresses) {
  if (endpoint_ != nullptr) {
    if (port != 0 && port != endpoint_->port()) return Invalid("the socket has a port already");
    for (const IpAddress& address : addresses) {
      for (const auto& [id, association] : associations_) association->AddAddress(address);
    }
    return absl::OkStatus();
  }
  auto endpoint = layer_.Bind(port, std::move(addresses), config_, *this);
  if (!endpoint.ok()) return endpoint.status();
  endpoint_ = std::move(*endpoint);
  return absl::OkStatus();
}

absl::Status SctpSocket::BindxRemove(const IpAddress& address) {
  bool all = true;
  for (const auto& [id, association] : associations_) {
    all = association->DeleteAddress(address) && all;
  }
  return Done(all, "the peer does not know dynamic addresses (RFC 5061)");
}

absl::Status SctpSocket::Listen(bool listening) {
  if (endpoint_ == nullptr) {
    if (const absl::Status bound = Bindx(0, {}); !bound.ok()) return bound;
  }
  endpoint_->set_listening(listening);
  return absl::OkStatus();
}

absl::StatusOr<SctpSocket::AssocId> SctpSocket::Connectx(std::span<const IpAddress> peer,
                                                         uint16_t port) {
  if (style_ == Style::kOneToOne && !associations_.empty()) {
    return absl::AlreadyExistsError("a one-to-one socket has one association");
  }
  if (endpoint_ == nullptr) {
    if (const absl::Status bound = Bindx(0, {}); !bound.ok()) return bound;
  }
  absl::StatusOr<Association*> association = endpoint_->Connect(peer, port, *this);
  if (!association.ok()) return association.status();
  return Adopt(**association);
}

absl::Status SctpSocket::Sendv(AssocId id, const SndInfo& info, std::span<const uint8_t> data) {
  const absl::StatusOr<Association*> found = Lookup(id);
  if (!found.ok()) return found.status();
  Association& association = **found;
  if (info.abort) {
    association.Abort({reinterpret_cast<const char*>(data.data()), data.size()});
    return absl::OkStatus();
  }
  if (!data.empty()) {
    OutgoingMessage message;
    message.stream = StreamId{info.sid};
    message.ppid = Ppid{info.ppid};
    message.unordered = info.unordered;
    message.immediate = info.sack_immediately;
    message.reliability = info.pr;
    message.destination = info.to;
    message.context = info.context;
    message.data.assign(data.begin(), data.end());
    switch (association.Send(std::move(message))) {
      case Association::SendResult::kAccepted:
        break;
      case Association::SendResult::kNoRoom:
        return absl::UnavailableError("the send buffer is full");
      case Association::SendResult::kTooLong:
        return Invalid("the message is longer than the association takes");
      case Association::SendResult::kBadStream:
        return Invalid(absl::StrCat("there is no stream ", info.sid));
      case Association::SendResult::kClosed:
        return absl::FailedPreconditionError("the association is ending");
    }
  }
  if (info.eof) association.Shutdown();
  return absl::OkStatus();
}

absl::StatusOr<SctpSocket::AssocId> SctpSocket::SendTo(const Endpoint& peer, const SndInfo& info,
                                                       std::span<const uint8_t> data) {
  AssocId id = 0;
  if (endpoint_ != nullptr) {
    if (Association* there = endpoint_->Find(peer)) id = IdOf(*there);
  }
  if (id == 0) {
    const IpAddress addresses[] = {peer.address};
    const absl::StatusOr<AssocId> made = Connectx(addresses, peer.port);
    if (!made.ok()) return made.status();
    id = *made;
  }
  if (const absl::Status sent = Sendv(id, info, data); !sent.ok()) return sent;
  return id;
}

absl::Status SctpSocket::Shutdown(AssocId id) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  (*found)->Shutdown();
  return absl::OkStatus();
}

absl::Status SctpSocket::Abort(AssocId id, absl::string_view reason) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  (*found)->Abort(reason);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<SctpSocket>> SctpSocket::PeelOff(AssocId id, Listener& listener) {
  if (style_ != Style::kOneToMany) return Invalid("only a one-to-many socket can be peeled");
  Association* const association = Get(id);
  if (association == nullptr) return NoAssociation(id);
  auto peeled = std::make_unique<SctpSocket>(layer_, Style::kOneToOne, config_, listener);
  peeled->Adopt(*association);
  endpoint_->PeelOff(*association, *peeled);
  associations_.erase(id);
  return peeled;
}

absl::StatusOr<std::vector<IpAddress>> SctpSocket::GetPaddrs(AssocId id) const {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  std::vector<IpAddress> addresses;
  for (const std::unique_ptr<Path>& path : (*found)->paths()) {
    if (!path->is_removed) addresses.push_back(path->address());
  }
  return addresses;
}

std::vector<IpAddress> SctpSocket::GetLaddrs() const {
  return endpoint_ == nullptr ? std::vector<IpAddress>() : endpoint_->local_addresses();
}

Endpoint SctpSocket::local() const {
  return endpoint_ == nullptr ? Endpoint() : Endpoint{IpAddress(), endpoint_->port()};
}

absl::Status SctpSocket::Pause(AssocId id, bool paused) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  paused ? (*found)->PauseReceiving() : (*found)->ResumeReceiving();
  return absl::OkStatus();
}

absl::StatusOr<bool> SctpSocket::ReceiveOne(AssocId id) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  return (*found)->ReceiveOne();
}

// --- Options ---

absl::Status SctpSocket::SetRtoInfo(AssocId id, const RtoInfo& info) {
  if (info.min > info.max || info.initial < info.min || info.initial > info.max) {
    return Invalid("RTO: min <= initial <= max");
  }
  if (id == kFutureAssoc && style_ == Style::kOneToMany) {
    config_.rto_initial = info.initial;
    config_.rto_max = info.max;
    config_.rto_min = info.min;
    return ApplyFuture();
  }
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  for (const std::unique_ptr<Path>& path : (*found)->paths()) {
    path->rto.set_bounds(info.min, info.max);
  }
  return absl::OkStatus();
}

absl::StatusOr<SctpSocket::RtoInfo> SctpSocket::GetRtoInfo(AssocId id) const {
  if (id != kFutureAssoc) {
    const auto found = Lookup(id);
    if (!found.ok()) return found.status();
  }
  return RtoInfo{.initial = config_.rto_initial, .max = config_.rto_max, .min = config_.rto_min};
}

absl::Status SctpSocket::SetAssocParams(AssocId id, const AssocParams& wanted) {
  if (id == kFutureAssoc) {
    if (wanted.max_retrans > 0) config_.association_max_retrans = wanted.max_retrans;
    if (wanted.cookie_life > Duration()) config_.valid_cookie_life = wanted.cookie_life;
    return ApplyFuture();
  }
  return Change(id, [&](Association::Parameters& parameters) {
    if (wanted.max_retrans > 0) parameters.max_retrans = wanted.max_retrans;
  });
}

absl::StatusOr<SctpSocket::AssocParams> SctpSocket::GetAssocParams(AssocId id) const {
  if (id == kFutureAssoc) {
    return AssocParams{.max_retrans = config_.association_max_retrans,
                       .local_rwnd = config_.receive_buffer,
                       .cookie_life = config_.valid_cookie_life};
  }
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  return AssocParams{.max_retrans = (*found)->parameters().max_retrans,
                     .number_peer_destinations = static_cast<int>((*found)->paths().size()),
                     .peer_rwnd = static_cast<uint32_t>((*found)->peer_rwnd()),
                     .local_rwnd = config_.receive_buffer,
                     .cookie_life = config_.valid_cookie_life};
}

absl::Status SctpSocket::SetInitMsg(const InitMsg& message) {
  if (message.num_ostreams > 0) config_.outbound_streams = message.num_ostreams;
  if (message.max_instreams > 0) config_.max_inbound_streams = message.max_instreams;
  if (message.max_attempts > 0) config_.max_init_retransmits = message.max_attempts;
  if (message.max_init_timeo > Duration()) config_.max_init_timeout = message.max_init_timeo;
  return ApplyFuture();
}

absl::Status SctpSocket::SetNoDelay(AssocId id, bool no_delay) {
  if (id == kFutureAssoc) {
    config_.no_delay = no_delay;
    return ApplyFuture();
  }
  return Change(id, [&](Association::Parameters& parameters) { parameters.no_delay = no_delay; });
}

absl::Status SctpSocket::SetAutoclose(Duration idle) {
  if (style_ == Style::kOneToOne) return Invalid("autoclose is for one-to-many sockets");
  config_.autoclose = idle;
  return ApplyFuture();
}

absl::Status SctpSocket::SetPrimary(AssocId id, const IpAddress& peer) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  return Done((*found)->SetPrimary(peer), "not a confirmed address of the peer");
}

absl::Status SctpSocket::SetPeerPrimary(AssocId id, const IpAddress& own) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  return Done((*found)->SetPeerPrimary(own), "the peer does not know dynamic addresses");
}

absl::Status SctpSocket::SetAdaptation(uint32_t indication) {
  config_.has_adaptation_indication = true;
  config_.adaptation_indication = indication;
  return ApplyFuture();
}

absl::Status SctpSocket::SetPaddrParams(AssocId id, const PaddrParams& wanted) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  bool matched = false;
  for (const std::unique_ptr<Path>& path : (*found)->paths()) {
    if (!wanted.address.is_unspecified() && path->address() != wanted.address) continue;
    matched = true;
    if (wanted.hb_interval > Duration()) path->heartbeat_interval = wanted.hb_interval;
    if (wanted.path_max_retrans > 0) path->max_retrans = wanted.path_max_retrans;
    if (wanted.hb_enabled) (*found)->EnableHeartbeats(*path, *wanted.hb_enabled);
    if (wanted.hb_demand) (*found)->RequestHeartbeat(path->address());
  }
  return Done(matched, "not an address of the peer");
}

absl::StatusOr<SctpSocket::PaddrParams> SctpSocket::GetPaddrParams(AssocId id,
                                                                   const IpAddress& peer) const {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  const Path* const path = (*found)->FindPath(peer);
  if (path == nullptr) return Invalid("not an address of the peer");
  return PaddrParams{.address = peer,
                     .hb_interval = path->heartbeat_interval,
                     .hb_enabled = path->heartbeats_enabled,
                     .path_max_retrans = path->max_retrans,
                     .path_mtu = static_cast<uint32_t>(InfoOf(*path).mtu)};
}

absl::Status SctpSocket::SetMaxSeg(AssocId id, uint32_t bytes) {
  if (id == kFutureAssoc) {
    config_.max_segment = bytes;
    return ApplyFuture();
  }
  return Change(id, [&](Association::Parameters& parameters) { parameters.max_segment = bytes; });
}

absl::Status SctpSocket::SetDelayedSack(AssocId id, Duration delay, uint32_t frequency) {
  if (delay > Duration::Millis(500)) return Invalid("RFC 9260 section 6.2: at most 500 ms");
  if (id == kFutureAssoc) {
    config_.sack_delay = delay;
    if (frequency > 0) config_.sack_every = frequency;
    return ApplyFuture();
  }
  return Change(id, [&](Association::Parameters& parameters) {
    parameters.sack_delay = delay;
    if (frequency > 0) parameters.sack_every = frequency;
  });
}

absl::Status SctpSocket::SetMaxBurst(AssocId id, uint32_t packets) {
  if (id == kFutureAssoc) {
    config_.max_burst = packets;
    return ApplyFuture();
  }
  return Change(id, [&](Association::Parameters& parameters) { parameters.max_burst = packets; });
}

absl::StatusOr<SctpSocket::Status> SctpSocket::GetStatus(AssocId id) const {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  const Association& association = **found;
  const auto capped = [](size_t count) {
    return static_cast<uint16_t>(std::min<size_t>(count, 65535));
  };
  const PaddrInfo primary = InfoOf(association.primary());
  return Status{.state = association.state(),
                .rwnd = static_cast<uint32_t>(association.peer_rwnd()),
                .unacked_data = capped(
                    association.outstanding() != nullptr ? association.outstanding()->size() : 0),
                .pending_data = capped(association.queued_messages()),
                .inbound_streams = association.inbound_streams(),
                .outbound_streams = association.outbound_streams(),
                .fragmentation_point = association.fragmentation_point(),
                .primary = primary};
}

absl::StatusOr<SctpSocket::PaddrInfo> SctpSocket::GetPaddrInfo(AssocId id,
                                                               const IpAddress& peer) const {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  const Path* const path = (*found)->FindPath(peer);
  if (path == nullptr) return Invalid("not an address of the peer");
  return InfoOf(*path);
}

absl::Status SctpSocket::SetAuthKey(AssocId id, uint16_t key_id, std::vector<uint8_t> key) {
  if (id == kFutureAssoc) {
    if (key_id != 0) return Invalid("only key 0 can be set before the association is there");
    config_.shared_key = std::move(key);
    return ApplyFuture();
  }
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  if ((*found)->authentication() == nullptr) return Done(false, "AUTH was not agreed");
  (*found)->authentication()->SetKey(key_id, std::move(key));
  return absl::OkStatus();
}

absl::Status SctpSocket::SetActiveKey(AssocId id, uint16_t key_id) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  Authentication* const keys = (*found)->authentication();
  return Done(keys != nullptr && keys->Activate(key_id), "there is no such key");
}

absl::Status SctpSocket::DeleteKey(AssocId id, uint16_t key_id) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  Authentication* const keys = (*found)->authentication();
  return Done(keys != nullptr && keys->DeleteKey(key_id), "the key is active, or there is none");
}

absl::Status SctpSocket::ResetStreams(AssocId id, bool outgoing, std::vector<uint16_t> streams) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  std::vector<StreamId> ids;
  for (const uint16_t stream : streams) ids.push_back(StreamId{stream});
  const bool ok = outgoing ? (*found)->ResetOutgoingStreams(std::move(ids))
                           : (*found)->ResetIncomingStreams(std::move(ids));
  return Done(ok, "not agreed, no such stream, or a request is under way");
}

absl::Status SctpSocket::ResetAssoc(AssocId id) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  return Done((*found)->ResetAssociation(), "not agreed, or a request is under way");
}

absl::Status SctpSocket::AddStreams(AssocId id, uint16_t outgoing, uint16_t incoming) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  return Done((*found)->AddStreams(outgoing, incoming), "not agreed, or a request is under way");
}

absl::Status SctpSocket::SetScheduler(AssocId id, SchedulerKind kind) {
  if (id == kFutureAssoc) {
    config_.scheduler = kind;
    return ApplyFuture();
  }
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  (*found)->set_scheduler(kind);
  return absl::OkStatus();
}

absl::Status SctpSocket::SetStreamValue(AssocId id, uint16_t stream, uint16_t value) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  (*found)->set_stream_value(StreamId{stream}, value);
  return absl::OkStatus();
}

// What new associations begin with: the endpoint's, if there is one already.
absl::Status SctpSocket::ApplyFuture() {
  if (endpoint_ != nullptr) endpoint_->set_config(config_);
  return absl::OkStatus();
}

absl::Status SctpSocket::Change(AssocId id,
                                absl::FunctionRef<void(Association::Parameters&)> change) {
  const auto found = Lookup(id);
  if (!found.ok()) return found.status();
  Association::Parameters parameters = (*found)->parameters();
  change(parameters);
  (*found)->set_parameters(parameters);
  return absl::OkStatus();
}

}  // namespace tickwire::sctp
