// Section 9.2 of RFC 9260: the graceful end.
#include "protocols/sctp/association/association.h"
#include "protocols/sctp/association/rare.h"

namespace tickwire::sctp {
namespace {

using State = Association::State;

constexpr TraceLabel kT2{"T2-shutdown", "RFC 9260 9.2"};

constexpr TraceLabel kByUser{"shutdown", "RFC 9260 9.2: on request of the user"};
constexpr TraceLabel kAllAcked{"all data acknowledged", "RFC 9260 9.2"};
constexpr TraceLabel kShutdownIn{"SHUTDOWN arrived", "RFC 9260 9.2"};
constexpr TraceLabel kCollision{"SHUTDOWN arrived", "RFC 9260 9.2: both sides shut down"};
constexpr TraceLabel kAckIn{"SHUTDOWN ACK arrived", "RFC 9260 9.2"};
constexpr TraceLabel kCompleteIn{"SHUTDOWN COMPLETE arrived", "RFC 9260 9.2"};
constexpr TraceLabel kUnexpectedComplete{"unexpected SHUTDOWN COMPLETE", "RFC 9260 8.5.1 C"};
constexpr TraceLabel kUnexpectedShutdown{"unexpected SHUTDOWN", "RFC 9260 9.2"};
constexpr TraceLabel kUnexpectedAck{"unexpected SHUTDOWN ACK", "RFC 9260 9.2"};
constexpr TraceLabel kGuard{"T5-shutdown-guard", "RFC 9260 9.2"};
constexpr TraceLabel kUnanswered{"no answer", "RFC 9260 9.2: Association.Max.Retrans"};
constexpr TraceLabel kGaveUpOpening{"shutdown while opening", "RFC 9260 9.2"};

}  // namespace

void Association::Shutdown() {
  const bool is_too_early = is_busy_ || state_ == State::kClosed;  // it was just accepted
  if (is_too_early && !is_gone_ && !is_ending_event_) {
    shutdown_due_ = true;
    return;
  }
  AsEvent([&] {
    switch (state_) {
      case State::kCookieWait:
      case State::kCookieEchoed:
        // Nobody is there yet to agree with.
        SendAbort({});
        return Finish(AssociationChange::State::kCannotStart, 0, kGaveUpOpening);
      case State::kEstablished:
        SetState(State::kShutdownPending, kByUser);
        if (rare_ != nullptr) rare_->autoclose.Cancel();
        return;
      case State::kClosed:
        shutdown_due_ = !is_gone_;  // not begun yet: it was just accepted
        return;
      default:
        return;  // it is ending anyway
    }
  });
}

// SHUTDOWN or SHUTDOWN ACK, when all data is acknowledged.
void Association::MaybeSendShutdown() {
  if (outstanding_ == nullptr || !outstanding_->empty() || !send_queue_->empty()) return;
  if (state_ == State::kShutdownPending) {
    SetState(State::kShutdownSent, kAllAcked);
    for (const std::unique_ptr<Path>& path : paths_) path->heartbeat.Cancel();
    // The guard of whoever sends SHUTDOWN: five times RTO.Max.
    rare().t5_shutdown_guard.Set(5 * config_.rto_max);
    SendShutdown();
  } else if (state_ == State::kShutdownReceived) {
    SetState(State::kShutdownAckSent, kAllAcked);
    for (const std::unique_ptr<Path>& path : paths_) path->heartbeat.Cancel();
    SendShutdownAck();
  }
}

Path& Association::ShutdownPath() {
  const bool is_chosen = shutdown_path_ < paths_.size() && shutdown_path_ != 0;
  return is_chosen ? *paths_[shutdown_path_] : DataPath();
}

// Section 9.2: any packet of the peer's clears the count and restarts T2, so that it can send what
// it still has.
void Association::GivePeerTime() {
  association_errors_ = 0;
  control().timer.Set(ShutdownPath().rto.value());
}

void Association::SendShutdown() {
  Path& path = ShutdownPath();
  SendTo(path, [&](PacketBuilder& packet) {
    // With a SACK if SHUTDOWN alone cannot say it.
    if (tracker_->has_gaps() || tracker_->has_duplicates()) {
      const SackChunk sack = tracker_->MakeSack(AdvertisedWindow(), 200);
      last_advertised_ = sack.a_rwnd;
      packet.Put(sack);
    } else {
      static_cast<void>(tracker_->MakeSack(AdvertisedWindow(), 0));
    }
    packet.Put(
        ShutdownChunk{.cumulative_tsn_ack = Tsn{static_cast<uint32_t>(tracker_->cumulative())}});
  });
  sack_timer_.Cancel();
  CancelControlTimer();
  control().timer.set_label(kT2);
  control().timer.Set(path.rto.value());
}

void Association::SendShutdownAck() {
  Path& path = ShutdownPath();
  SendTo(path, [&](PacketBuilder& packet) { packet.Put(ShutdownAckChunk()); });
  sack_timer_.Cancel();
  CancelControlTimer();
  control().timer.set_label(kT2);
  control().timer.Set(path.rto.value());
}

void Association::OnT2Shutdown() {
  Path& path = ShutdownPath();
  path.rto.BackOff();
  OnPathError(path, /*counts_for_association=*/false);
  if (++association_errors_ > parameters_.max_retrans) {
    return Finish(AssociationChange::State::kLost, 0, kUnanswered);
  }
  shutdown_path_ = RetransmissionPath(path).index();
  state_ == State::kShutdownSent ? SendShutdown() : SendShutdownAck();
}

void Association::OnShutdown(const ShutdownChunk& chunk) {
  switch (state_) {
    case State::kClosed:
    case State::kCookieWait:
    case State::kCookieEchoed:
      return Drop(kUnexpectedShutdown);
    case State::kShutdownSent:  // a collision
      CancelControlTimer();
      SetState(State::kShutdownAckSent, kCollision);
      return SendShutdownAck();
    case State::kShutdownAckSent:  // our answer was lost
      return SendShutdownAck();
    case State::kEstablished:
    case State::kShutdownPending:
      SetState(State::kShutdownReceived, kShutdownIn);
      if (rare_ != nullptr) rare_->autoclose.Cancel();
      sack_timer_.Cancel();
      Tell(ShutdownEvent{});
      break;
    case State::kShutdownReceived:
      break;
  }
  const int64_t base = outstanding_->cumulative_ack();
  const int64_t cumulative =
      base + static_cast<int32_t>(chunk.cumulative_tsn_ack.value - static_cast<uint32_t>(base));
  if (cumulative < base) return;
  if (cumulative > outstanding_->highest_sent()) return Drop(kUnexpectedShutdown);
  // It says nothing of gaps and windows: what was reported before stands. So what it acknowledges
  // leaves the window as open as the last SACK said; else the rest would go by probes.
  const int64_t window = peer_rwnd_ + outstanding_->outstanding_data();
  if (cumulative > base) OnCumulativeAck(cumulative, {}, static_cast<uint32_t>(window));
}

void Association::OnShutdownAck(const ArrivedPacket& packet) {
  switch (state_) {
    case State::kCookieWait:
    case State::kCookieEchoed:
      // Section 8.5.1 E: as if out of the blue; ours goes on.
      return SendRaw(packet.from, packet.udp_port, packet.header.tag, [](PacketBuilder& out) {
        ShutdownCompleteChunk complete;
        complete.tag_reflected = true;
        out.Put(complete);
      });
    case State::kShutdownSent:
    case State::kShutdownAckSent:
      CancelControlTimer();
      SendTo(ReplyPath(packet), [](PacketBuilder& out) { out.Put(ShutdownCompleteChunk()); });
      return Finish(AssociationChange::State::kShutdownComplete, 0, kAckIn);
    default:
      return Drop(kUnexpectedAck);
  }
}

void Association::OnShutdownComplete() {
  if (state_ != State::kShutdownAckSent) return Drop(kUnexpectedComplete);
  Finish(AssociationChange::State::kShutdownComplete, 0, kCompleteIn);
}

void Association::OnT5ShutdownGuard() {
  AsEvent([&] {
    std::vector<uint8_t> causes;
    AbortWithCauses(causes, 0, kGuard);
  });
}

// --- Autoclose (RFC 6458 section 8.1.8) ---

void Association::TouchAutoclose() {
  if (parameters_.autoclose == Duration() || state_ != State::kEstablished) return;
  rare().autoclose.Set(parameters_.autoclose);
}

void Association::OnAutoclose() { Shutdown(); }

}  // namespace tickwire::sctp
