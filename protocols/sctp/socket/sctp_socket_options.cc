// The options of an SctpSocket: RFC 6458 section 8, and those of its extensions (RFC 6525, RFC
// 8260).
#include <algorithm>
#include <utility>

#include "protocols/sctp/socket/sctp_socket.h"

namespace tickwire::sctp {
namespace {

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

absl::Status SctpSocket::SetRtoInfo(AssocId id, const RtoInfo& info) {
  if (info.min > info.max || info.initial < info.min || info.initial > info.max) {
    return absl::InvalidArgumentError("RTO: min <= initial <= max");
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
  if (style_ == Style::kOneToOne)
    return absl::InvalidArgumentError("autoclose is for one-to-many sockets");
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
  if (path == nullptr) return absl::InvalidArgumentError("not an address of the peer");
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
  if (delay > Duration::Millis(500))
    return absl::InvalidArgumentError("RFC 9260 section 6.2: at most 500 ms");
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
  if (path == nullptr) return absl::InvalidArgumentError("not an address of the peer");
  return InfoOf(*path);
}

absl::Status SctpSocket::SetAuthKey(AssocId id, uint16_t key_id, std::vector<uint8_t> key) {
  if (id == kFutureAssoc) {
    if (key_id != 0)
      return absl::InvalidArgumentError("only key 0 can be set before the association is there");
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
