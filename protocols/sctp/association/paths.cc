// Which path, and whether it works: RFC 9260 sections 5.4, 6.4, 8.1 to 8.3; RFC 7829.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "protocols/sctp/association/association.h"
#include "protocols/sctp/association/rare.h"
#include "protocols/sctp/packet/parameter/heartbeat_info_parameter.h"
#include "sim_core/base/check.h"

namespace tickwire::sctp {
namespace {

using State = Association::State;

constexpr TraceLabel kByUser{"confirmed by the user", "RFC 9260 5.4, rules 1 and 2"};
constexpr TraceLabel kConfirmed{"HEARTBEAT ACK arrived", "RFC 9260 5.4"};
constexpr TraceLabel kAnswered{"acknowledged", "RFC 9260 8.2"};
constexpr TraceLabel kTooManyErrors{"Path.Max.Retrans exceeded", "RFC 9260 8.2"};
constexpr TraceLabel kSuspicious{"PFMR exceeded", "RFC 7829 4.2"};
constexpr TraceLabel kPeerUnreachable{"Association.Max.Retrans exceeded", "RFC 9260 8.1"};
constexpr TraceLabel kForgedHeartbeat{"HEARTBEAT ACK not asked for", "RFC 9260 5.4: nonce"};
constexpr TraceLabel kNewPrimary{"primary path"};

constexpr size_t kInfoSize = 8 + 8 + 1;  // time, nonce, path

}  // namespace

Path& Association::AddPath(const IpAddress& address, bool is_confirmed) {
  if (Path* const there = PathTo(address)) {
    if (is_confirmed && !there->is_confirmed()) there->set_state(Path::State::kActive, kByUser);
    return *there;
  }
  const std::optional<uint8_t> place = FreePlace();
  const auto index = place.value_or(static_cast<uint8_t>(paths_.size()));
  if (!place) {
    paths_.emplace_back();
  } else if (last_data_from_ == index) {
    last_data_from_ = primary_;
  }
  size_t mtu = env_.PathMtu(address);
  if (config_.mtu != 0) mtu = std::min<size_t>(mtu, config_.mtu);
  paths_[index] = std::make_unique<Path>(
      env_.clock(), static_cast<Path::Owner&>(*this), config_, address, index, mtu,
      absl::StrCat("sctp ", local_port_, " path ",
                   tickwire::ToString(Endpoint{address, remote_port_})));
  Path& path = *paths_[index];
  if (is_confirmed) path.set_state(Path::State::kActive, kByUser);
  path.last_used = env_.clock().now();
  return path;
}

Path* Association::PathTo(const IpAddress& address) {
  for (const std::unique_ptr<Path>& path : paths_) {
    if (path->address() == address && !path->is_removed) return path.get();
  }
  return nullptr;
}

Path* Association::FindPath(const IpAddress& address) { return PathTo(address); }

// The place of a removed path that nothing names any more.
std::optional<uint8_t> Association::FreePlace() const {
  const auto is_named = [&](uint8_t index) {
    if (index == primary_ || paths_[index]->t3_rtx.is_set()) return true;
    if (index == shutdown_path_ && state_ > State::kEstablished) return true;
    if (rare_ != nullptr) {
      const bool asks = rare_->request && rare_->request->is_sent;
      if (asks && rare_->reconfig_path == index) return true;
      if (!rare_->asconf_sent.empty() && rare_->asconf_path == index) return true;
    }
    if (outstanding_ == nullptr) return false;
    for (int64_t tsn = outstanding_->cumulative_ack() + 1; tsn <= outstanding_->highest_sent();
         ++tsn) {
      if (outstanding_->at(tsn).path == index) return true;
    }
    return false;
  };
  for (const std::unique_ptr<Path>& path : paths_) {
    if (path->is_removed && !is_named(path->index())) return path->index();
  }
  return std::nullopt;
}

// Indexes stay: a removed path keeps its place while something names it.
void Association::RemovePath(const IpAddress& address) {
  Path* const path = PathTo(address);
  if (path == nullptr) return;
  path->t3_rtx.Cancel();
  path->heartbeat.Cancel();
  outstanding_->MarkTimedOut(path->index());
  path->is_removed = true;
  if (primary_ == path->index()) {
    for (const std::unique_ptr<Path>& other : paths_) {
      if (!other->is_removed) primary_ = other->index();
    }
  }
  env_.OnIdentityChanged(*this);
}

Path& Association::SamePath(uint8_t index) {
  return paths_[index]->is_removed ? DataPath() : *paths_[index];
}

Path& Association::ReplyPath(const ArrivedPacket& packet) {
  Path* const path = PathTo(packet.from);
  return path != nullptr ? *path : *paths_[primary_];
}

// Section 6.4: the primary path, unless the user or its state says otherwise. RFC 7829 section 4:
// an active path comes before one that has potentially failed; of those the one with least errors.
Path& Association::DataPath() {
  if (send_queue_ != nullptr && !send_queue_->empty()) {
    if (const auto wanted = send_queue_->NextDestination(env_.clock().now())) {
      Path* const path = PathTo(*wanted);
      if (path != nullptr && path->state() == Path::State::kActive) return *path;
    }
  }
  Path& primary = *paths_[primary_];
  if (primary.state() == Path::State::kActive && !primary.is_removed) return primary;
  Path* best = nullptr;
  const auto rank = [](const Path& path) {
    return path.state() == Path::State::kActive              ? 0
           : path.state() == Path::State::kPotentiallyFailed ? 1
           : path.state() == Path::State::kInactive          ? 2
                                                             : 3;
  };
  for (const std::unique_ptr<Path>& path : paths_) {
    if (path->is_removed || !path->is_confirmed()) continue;
    if (best == nullptr || rank(*path) < rank(*best) ||
        (rank(*path) == rank(*best) && path->error_count < best->error_count)) {
      best = path.get();
    }
  }
  return best != nullptr ? *best : primary;
}

// Section 6.4.1: an active one that is not the last.
Path& Association::RetransmissionPath(const Path& last) {
  Path* best = nullptr;
  for (size_t step = 1; step <= paths_.size(); ++step) {
    Path& path = *paths_[(last.index() + step) % paths_.size()];
    if (&path == &last || path.is_removed || path.state() != Path::State::kActive) continue;
    if (best == nullptr || path.error_count < best->error_count) best = &path;
  }
  if (best != nullptr) return *best;
  return last.is_removed || last.state() == Path::State::kInactive ? DataPath()
                                                                   : *paths_[last.index()];
}

bool Association::SetPrimary(const IpAddress& address) {
  Path* const path = PathTo(address);
  if (path == nullptr || !path->is_confirmed()) return false;
  primary_ = path->index();
  env_.clock().trace().Note(path->entity(), kNewPrimary);
  return true;
}

// --- Failures (section 8.2; RFC 7829) ---

void Association::CountAssociationError() {
  if (++association_errors_ > parameters_.max_retrans) {
    Finish(told_up_ ? AssociationChange::State::kLost : AssociationChange::State::kCannotStart, 0,
           kPeerUnreachable);
  }
}

void Association::OnPathError(Path& path, bool counts_for_association) {
  if (path.state() != Path::State::kInactive) ++path.error_count;
  if (path.error_count > path.max_retrans) {
    if (path.state() != Path::State::kInactive) {
      const bool was_confirmed = path.is_confirmed();
      path.set_state(Path::State::kInactive, kTooManyErrors);
      if (was_confirmed) {
        Tell(PeerAddressChange{path.address(), PeerAddressChange::State::kUnreachable});
      }
    }
  } else if (config_.potentially_failed_threshold &&
             path.error_count > *config_.potentially_failed_threshold &&
             path.state() == Path::State::kActive && paths_.size() > 1) {
    // RFC 7829 section 4.2: heartbeats tell; one at once, then one each RTO.
    path.set_state(Path::State::kPotentiallyFailed, kSuspicious);
    Tell(PeerAddressChange{path.address(), PeerAddressChange::State::kPotentiallyFailed});
    SendHeartbeat(path);
  }
  // RFC 7829 section 5: the primary path moves for good.
  if (config_.primary_switchover_threshold >= 0 && path.index() == primary_ &&
      path.error_count > config_.primary_switchover_threshold) {
    Path& other = DataPath();
    if (&other != &path) SetPrimary(other.address());
  }
  if (counts_for_association) CountAssociationError();
}

void Association::OnPathAlive(Path& path) {
  path.error_count = 0;
  if (path.state() == Path::State::kInactive || path.state() == Path::State::kPotentiallyFailed) {
    path.set_state(Path::State::kActive, kAnswered);
    Tell(PeerAddressChange{path.address(), PeerAddressChange::State::kAvailable});
  }
}

// --- Heartbeats (sections 5.4 and 8.3) ---

void Association::SetHeartbeatTimer(Path& path) {
  if (state_ != State::kEstablished && state_ != State::kShutdownPending &&
      state_ != State::kShutdownReceived) {
    return path.heartbeat.Cancel();
  }
  const bool is_verifying = !path.is_confirmed() || path.state() == Path::State::kPotentiallyFailed;
  if (!path.heartbeats_enabled && !is_verifying && path.nonce == 0) return path.heartbeat.Cancel();
  const int64_t rto = path.rto.value().nanos();
  if (path.nonce != 0) {  // an answer is due within an RTO
    return path.heartbeat.Set(path.rto.value());
  }
  if (is_verifying) return path.heartbeat.Set(path.rto.value());
  // HB.interval + RTO, with a jitter of half an RTO either way.
  const int64_t jitter = static_cast<int64_t>(env_.rng().Below(static_cast<uint64_t>(rto) + 1));
  path.heartbeat.Set(path.heartbeat_interval + Duration::Nanos(rto / 2 + jitter));
}

void Association::SendHeartbeat(Path& path) {
  path.nonce = env_.rng().Next64() | 1;
  path.heartbeat_sent = path.last_used = env_.clock().now();
  std::vector<uint8_t> info;
  const auto put = [&](uint64_t value, int bytes) {
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
      info.push_back(static_cast<uint8_t>(value >> shift));
    }
  };
  put(static_cast<uint64_t>(path.heartbeat_sent.nanos()), 8);
  put(path.nonce, 8);
  put(path.index(), 1);
  std::vector<uint8_t> parameter;
  HeartbeatInfoParameter{.info = info}.SerializeTo(parameter);
  SendTo(path, [&](PacketBuilder& packet) {
    // Section 5.4: to an unconfirmed address nothing else goes.
    packet.Put(HeartbeatChunk{.parameters = parameter});
  });
  SetHeartbeatTimer(path);
}

void Association::OnHeartbeatTimer(Path& path) {
  AsEvent([&] {
    if (path.nonce != 0) {  // section 8.3: not answered within an RTO
      path.nonce = 0;
      path.rto.BackOff();
      // Section 8.1: only the path that carries data tells of the association; section 5.4: an
      // address that is only probed does not.
      const bool counts = path.is_confirmed() && &path == &DataPath();
      OnPathError(path, counts);
      if (is_gone_) return;
      if (path.state() == Path::State::kPotentiallyFailed || !path.is_confirmed()) {
        if (path.nonce == 0) SendHeartbeat(path);
        return;
      }
      return SetHeartbeatTimer(path);
    }
    ReleaseIdleMemory();
    const Duration idle = env_.clock().now() - path.last_used;
    const bool is_verifying =
        !path.is_confirmed() || path.state() == Path::State::kPotentiallyFailed;
    if (!is_verifying && idle < path.heartbeat_interval) return SetHeartbeatTimer(path);
    SendHeartbeat(path);
  });
}

// What sending and reassembling needed is kept for the next time, but not for long.
void Association::ReleaseIdleMemory() {
  if (outstanding_ == nullptr || !outstanding_->empty() || !send_queue_->empty()) return;
  outstanding_->ReleaseMemory();
  send_queue_->ReleaseMemory();
  reassembly_->ReleaseMemory();
}

void Association::RequestHeartbeat(const IpAddress& address) {
  Path* const path = PathTo(address);
  if (path == nullptr || state_ < State::kEstablished) return;
  AsEvent([&] { SendHeartbeat(*path); });
}

void Association::EnableHeartbeats(Path& path, bool on) {
  path.heartbeats_enabled = on;
  if (path.nonce == 0) SetHeartbeatTimer(path);
}

void Association::OnHeartbeatAck(const HeartbeatAckChunk& chunk) {
  const std::optional<ParameterView> view =
      FindParameter(chunk.parameters, HeartbeatInfoParameter::kType);
  if (!view || view->value.size() != kInfoSize) return Drop(kForgedHeartbeat);
  ValueReader reader(view->value);
  const uint64_t high = reader.Take32();
  const uint64_t sent = high << 32 | reader.Take32();
  const uint64_t nonce_high = reader.Take32();
  const uint64_t nonce = nonce_high << 32 | reader.Take32();
  const size_t index = reader.Take8();
  if (index >= paths_.size() || nonce == 0 || paths_[index]->nonce != nonce ||
      static_cast<uint64_t>(paths_[index]->heartbeat_sent.nanos()) != sent) {
    return Drop(kForgedHeartbeat);
  }
  Path& path = *paths_[index];
  path.nonce = 0;
  path.rto.Observe(env_.clock().now() - path.heartbeat_sent);
  if (!path.is_confirmed()) {
    path.set_state(Path::State::kActive, kConfirmed);
    path.error_count = 0;
    Tell(PeerAddressChange{path.address(), PeerAddressChange::State::kConfirmed});
  } else {
    OnPathAlive(path);
  }
  // Section 8.1: not if data is outstanding, which knows better.
  if (outstanding_ == nullptr || outstanding_->empty()) association_errors_ = 0;
  SetHeartbeatTimer(path);
}

}  // namespace tickwire::sctp
