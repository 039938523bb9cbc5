// What is sent when: RFC 9260 sections 6.1, 6.3 and 7; RFC 3758 section 3.5.
#include <algorithm>
#include <utility>

#include "protocols/sctp/association/association.h"
#include "protocols/sctp/association/rare.h"
#include "sim_core/base/check.h"

namespace tickwire::sctp {
namespace {

using ChunkState = OutstandingChunk::State;

constexpr TraceLabel kRetransmitNote{"retransmit"};

constexpr size_t kDataHeader = 16;
constexpr size_t kIDataHeader = 20;

bool MaySendNew(Association::State state) {
  return state == Association::State::kEstablished ||
         state == Association::State::kShutdownPending ||
         state == Association::State::kShutdownReceived;
}

}  // namespace

// --- The user's side ---

Association::SendResult Association::Send(OutgoingMessage message) {
  switch (state_) {
    case State::kCookieWait:
    case State::kCookieEchoed:
    case State::kEstablished:
      break;
    default:
      return SendResult::kClosed;  // section 9.2: no new data once the end has begun
  }
  if (shutdown_due_ || abort_due_) return SendResult::kClosed;
  if (send_queue_ == nullptr) {
    send_queue_ =
        std::make_unique<SendQueue>(config_.scheduler, config_.interleaving, wanted_outbound_);
  }
  if (message.stream.value >= send_queue_->stream_count()) return SendResult::kBadStream;
  if (message.data.empty() || message.data.size() > config_.max_message) {
    return SendResult::kTooLong;
  }
  const auto size = static_cast<int64_t>(message.data.size());
  const int64_t used = send_queue_->queued_bytes() + unacked_bytes();
  if (used + size > config_.send_buffer) {
    // RFC 3758 section 3.5 and RFC 7496 section 4.3: the new message pushes less important ones
    // out.
    if (message.reliability.policy == Reliability::Policy::kPriority) {
      AbandonLessImportant(message.reliability.priority, used + size - config_.send_buffer);
    }
    if (send_queue_->queued_bytes() + unacked_bytes() + size > config_.send_buffer && used > 0) {
      is_blocked_ = true;
      return SendResult::kNoRoom;
    }
  }
  if (message.reliability.policy != Reliability::Policy::kReliable) has_pr_messages_ = true;
  was_dry_ = false;
  send_queue_->Add(std::move(message), env_.clock().now());
  TouchAutoclose();
  if (!is_busy_) AsEvent([] {});
  return SendResult::kAccepted;
}

void Association::set_stream_value(StreamId stream, uint16_t value) {
  if (send_queue_ != nullptr && stream.value < send_queue_->stream_count()) {
    send_queue_->set_stream_value(stream, value);
  }
}

void Association::set_scheduler(SchedulerKind kind) {
  if (send_queue_ != nullptr) send_queue_->set_scheduler(kind);
}

// --- Sending ---

size_t Association::MaxDataPerChunk(const Path& path) const {
  const size_t header = capabilities_.interleaving ? kIDataHeader : kDataHeader;
  size_t room = path.packet_bytes() - CommonHeader::kSize - header;
  // The smallest path decides: a chunk cannot be cut again when it changes paths.
  for (const std::unique_ptr<Path>& other : paths_) {
    room = std::min(room, other->packet_bytes() - CommonHeader::kSize - header);
  }
  if (authentication_ != nullptr && authentication_->PeerWants(DataChunk::kType)) {
    room -= Padded(kTlvHeader + 4 + HmacSize(authentication_->hmac()));
  }
  return parameters_.max_segment == 0 ? room : std::min<size_t>(room, parameters_.max_segment);
}

// The path on which a packet with DATA may go now; null: none may.
Path* Association::NextDataPath() {
  if (const std::optional<int64_t> marked = outstanding_->NextToRetransmit(0)) {
    const OutstandingChunk& chunk = outstanding_->at(*marked);
    Path& path = chunk.timed_out ? RetransmissionPath(*paths_[chunk.path]) : SamePath(chunk.path);
    const int64_t flight = outstanding_->flight(path.index());
    // Section 7.2.1: one packet only until something is acknowledged.
    if (flight < path.window.cwnd() && !(path.one_packet_only && flight > 0)) return &path;
    return nullptr;  // rule C of section 6.1: marked chunks go before new ones
  }
  if (!MaySendNew(state_) || send_queue_->empty() || is_resetting_association()) return nullptr;
  Path& path = DataPath();
  const int64_t flight = outstanding_->flight(path.index());
  if (flight >= path.window.cwnd() || (path.one_packet_only && flight > 0)) return nullptr;  // B
  const SimTime now = env_.clock().now();
  const size_t most = MaxDataPerChunk(path);
  const size_t size = send_queue_->NextSize(most, now);
  if (size == 0) return nullptr;
  // Rule A: the peer's window; a probe when nothing is outstanding is sent by the timer.
  if (static_cast<int64_t>(size) > peer_rwnd_) {
    if (outstanding_->empty() && !path.t3_rtx.is_set()) {
      is_probing_window_ = true;
      path.t3_rtx.Set(path.rto.value());
    }
    return nullptr;
  }
  // Section 6.1, Nagle's rule on request: less than a packet waits for what is on its way.
  if (!parameters_.no_delay && !outstanding_->empty() &&
      send_queue_->queued_bytes() < static_cast<int64_t>(most)) {
    return nullptr;
  }
  // Sections 7.2.1, 7.2.2: a path that was idle has forgotten.
  const Duration idle = now - path.last_data;
  if (flight == 0 && idle > path.rto.value() && path.last_data != SimTime()) {
    const int64_t periods = std::min<int64_t>(idle / path.rto.value(), 32);
    for (int64_t i = 0; i < periods; ++i) path.window.OnIdle();
    path.last_data = now;
  }
  return &path;
}

void Association::Transmit() {
  if (state_ == State::kClosed || state_ == State::kCookieWait || state_ == State::kCookieEchoed) {
    return;
  }
  if (has_pr_messages_) AbandonExpired();
  if (send_fast_retransmit_) {  // section 7.2.4, step 3
    send_fast_retransmit_ = false;
    if (const std::optional<int64_t> marked = outstanding_->NextToRetransmit(0)) {
      SendOnePacket(SamePath(outstanding_->at(*marked).path), /*ignore_cwnd=*/true);
    }
  }
  // Section 6.1 D.
  const uint32_t burst = parameters_.max_burst == 0 ? ~0u : parameters_.max_burst;
  for (uint32_t n = 0; n < burst; ++n) {
    Path* const path = NextDataPath();
    if (path == nullptr) break;
    const uint64_t before = counters_.packets_sent;
    if (SendOnePacket(*path, /*ignore_cwnd=*/false)) continue;
    // Beside a SACK there may be no room for a full chunk: then it goes in the next packet.
    if (counters_.packets_sent == before) break;
  }
  if (IsControlDue()) {
    SendTo(ControlPath(), [&](PacketBuilder& packet) { AddControl(packet, /*with_data=*/false); });
  }
  if (tracker_->should_delay() && !sack_timer_.is_set()) sack_timer_.Set(parameters_.sack_delay);
  MaybeSendReconfig();
  MaybeSendAsconf();
}

bool Association::IsControlDue() const {
  return cookie_ack_due_ || !pending_errors_.empty() || forward_tsn_due_ ||
         (tracker_->should_send_now() && state_ != State::kShutdownSent);
}

Path& Association::ControlPath() {
  return last_data_from_ < paths_.size() && paths_[last_data_from_] != nullptr
             ? *paths_[last_data_from_]
             : *paths_[primary_];
}

bool Association::SendOnePacket(Path& path, bool ignore_cwnd) {
  bool has_data = false;
  SendTo(path, [&](PacketBuilder& packet) {
    AddControl(packet, /*with_data=*/true);
    has_data = AddRetransmissions(packet, path, ignore_cwnd);
    if (!ignore_cwnd || !has_data) {
      if (config_.bundle || !has_data) has_data = AddNewData(packet, path) || has_data;
    }
  });
  send_queue_->OnPacketEnd();
  return has_data;
}

void Association::AddControl(PacketBuilder& packet, bool with_data) {
  if (cookie_ack_due_) {  // section 5.1 D: the first chunk
    cookie_ack_due_ = false;
    packet.Put(CookieAckChunk());
  }
  if (!pending_errors_.empty()) {
    const ErrorChunk error{.causes = pending_errors_};
    if (packet.Add(error, Padded(kTlvHeader + pending_errors_.size())) || packet.empty()) {
      pending_errors_.clear();
    }
  }
  const bool sack_due =
      tracker_->should_send_now() || (with_data && tracker_->has_unacknowledged());
  if (sack_due && state_ != State::kShutdownSent) {
    const size_t room = packet.Room(SackChunk::kType);
    const size_t blocks = room < 16 ? 0 : (room - 16) / 4;
    const SackChunk sack = tracker_->MakeSack(AdvertisedWindow(), std::min<size_t>(blocks, 200));
    last_advertised_ = sack.a_rwnd;
    const int64_t budget = std::min<int64_t>(ReceiveBudget(), ~uint32_t{0});
    granted_ = std::max(static_cast<uint32_t>(budget), tracker_->has_gaps() ? granted_ : 0);
    packet.Put(sack);
    sack_timer_.Cancel();
  }
  if (forward_tsn_due_) AddForwardTsn(packet);
}

void Association::PutDataChunk(PacketBuilder& packet, int64_t tsn) {
  const OutgoingFragment& fragment = outstanding_->at(tsn).fragment;
  // Section 6.1: the last of what there is, before the end, or by request (RFC 7053).
  const bool immediate =
      fragment.immediate || (state_ == State::kShutdownPending && send_queue_->empty());
  if (capabilities_.interleaving) {
    IDataChunk chunk;
    chunk.immediate = immediate;
    chunk.unordered = fragment.unordered;
    chunk.begin = fragment.begin;
    chunk.end = fragment.end;
    chunk.tsn = Tsn{static_cast<uint32_t>(tsn)};
    chunk.stream = fragment.stream;
    chunk.mid = Mid{fragment.number};
    chunk.ppid_or_fsn = fragment.begin ? fragment.ppid.value : fragment.fsn;
    chunk.data = fragment.data;
    packet.Put(chunk);
    return;
  }
  DataChunk chunk;
  chunk.immediate = immediate;
  chunk.unordered = fragment.unordered;
  chunk.begin = fragment.begin;
  chunk.end = fragment.end;
  chunk.tsn = Tsn{static_cast<uint32_t>(tsn)};
  chunk.stream = fragment.stream;
  chunk.ssn = Ssn{static_cast<uint16_t>(fragment.unordered ? 0 : fragment.number)};
  chunk.ppid = fragment.ppid;
  chunk.data = fragment.data;
  packet.Put(chunk);
}

bool Association::AddRetransmissions(PacketBuilder& packet, Path& path, bool ignore_cwnd) {
  const uint8_t type = capabilities_.interleaving ? IDataChunk::kType : DataChunk::kType;
  bool added = false;
  int64_t from = 0;
  while (const std::optional<int64_t> tsn = outstanding_->NextToRetransmit(from)) {
    from = *tsn + 1;
    OutstandingChunk& chunk = outstanding_->at(*tsn);
    if (!chunk.timed_out && &SamePath(chunk.path) != &path) continue;
    const auto size = static_cast<size_t>(outstanding_->ChunkSize(chunk));
    if (!packet.empty() && size > packet.Room(type)) break;
    if (!ignore_cwnd && added && outstanding_->flight(path.index()) >= path.window.cwnd()) break;
    const bool was_first = outstanding_->FirstInFlight(path.index()).value_or(*tsn) >= *tsn;
    if (env_.clock().trace().is_watched()) {
      env_.clock().trace().Note(
          entity_, kRetransmitNote,
          absl::StrCat(chunk.timed_out ? "T3-rtx" : "three misses", ": TSN ",
                       static_cast<uint32_t>(*tsn),
                       chunk.timed_out ? " (RFC 9260 6.3.3)" : " (RFC 9260 7.2.4)"));
    }
    ++counters_.retransmissions;
    if (!chunk.timed_out) ++counters_.fast_retransmissions;
    PutDataChunk(packet, *tsn);
    outstanding_->OnRetransmitted(*tsn, path.index(), env_.clock().now());
    peer_rwnd_ -= static_cast<int64_t>(chunk.fragment.data.size());
    added = true;
    // Section 6.1: restarted if it is the earliest that is outstanding there.
    StartT3(path, /*restart=*/was_first);
    if (!config_.bundle) break;
  }
  peer_rwnd_ = std::max<int64_t>(peer_rwnd_, 0);
  return added;
}

bool Association::AddNewData(PacketBuilder& packet, Path& path) {
  if (send_queue_ == nullptr) return false;
  const bool early = state_ == State::kCookieEchoed;  // with the COOKIE ECHO
  if (!early && (!MaySendNew(state_) || is_resetting_association())) return false;
  const uint8_t type = capabilities_.interleaving ? IDataChunk::kType : DataChunk::kType;
  const size_t header = capabilities_.interleaving ? kIDataHeader : kDataHeader;
  const SimTime now = env_.clock().now();
  bool added = false;
  for (;;) {
    const size_t room = packet.Room(type);
    if (room <= header) break;
    const size_t most = MaxDataPerChunk(path);
    const size_t size = send_queue_->NextSize(most, now);
    if (size == 0) break;
    if (added && header + size > room) break;
    if (!packet.empty() && header + size > room) break;
    if (early && !send_queue_->NextIsWhole(std::min(most, room - header))) break;
    if (static_cast<int64_t>(size) > peer_rwnd_ && !sending_probe_) break;
    if (outstanding_->flight(path.index()) >= path.window.cwnd() && !sending_probe_) break;
    if (outstanding_->size() >= (size_t{1} << 30)) break;  // section 6.1: the TSN space
    std::optional<OutgoingFragment> fragment = send_queue_->Produce(most, now);
    if (!fragment) break;
    peer_rwnd_ = std::max<int64_t>(0, peer_rwnd_ - static_cast<int64_t>(fragment->data.size()));
    const int64_t tsn = outstanding_->Add(std::move(*fragment), path.index(), now);
    PutDataChunk(packet, tsn);
    ++counters_.data_chunks_sent;
    path.last_data = path.last_used = now;
    added = true;
    if (!early) StartT3(path, /*restart=*/false);
    if (sending_probe_ || !config_.bundle) break;
  }
  return added;
}

void Association::StartT3(Path& path, bool restart) {
  if (path.t3_rtx.is_set() && !restart && !is_probing_window_) return;
  is_probing_window_ = is_probing_window_ && sending_probe_;
  path.t3_rtx.Set(path.rto.value());
}

// --- T3-rtx (section 6.3.3) ---

void Association::OnT3Rtx(Path& path) {
  AsEvent([&] {
    if (is_probing_window_ && outstanding_->empty() && !send_queue_->empty()) {
      return SendWindowProbe(path);
    }
    const bool is_probe = is_probing_window_ && outstanding_->size() == 1;
    if (forward_tsn_waits()) forward_tsn_due_ = true;  // RFC 3758 section 3.5, C3 and C5
    ++counters_.timeouts;
    path.rto.BackOff();                                    // E2
    if (!is_probe) path.window.OnRetransmissionTimeout();  // E1; section 6.1 A: not for probes
    path.one_packet_only = true;
    in_fast_recovery_ = false;
    outstanding_->MarkTimedOut(path.index());
    if (!(is_probe && probe_answered_)) {
      // Section 6.1 A: an answered probe is no failure of the path.
      OnPathError(path, /*counts_for_association=*/true);
    }
    probe_answered_ = false;
    if (is_gone_) return;
    if (is_probe) {
      sending_probe_ = true;
      SendOnePacket(path, /*ignore_cwnd=*/true);
      sending_probe_ = false;
      is_probing_window_ = true;
    } else if (has_pr_messages_) {
      AbandonExpired();
    }
    if (forward_tsn_waits() && !path.t3_rtx.is_set()) path.t3_rtx.Set(path.rto.value());
  });
}

void Association::SendWindowProbe(Path& path) {
  sending_probe_ = true;
  probe_answered_ = false;
  path.rto.BackOff();  // the next one comes after twice the time (section 6.1 A)
  SendTo(path, [&](PacketBuilder& packet) {
    AddControl(packet, /*with_data=*/true);
    AddNewData(packet, path);
  });
  sending_probe_ = false;
  is_probing_window_ = true;
}

// --- Room and dryness ---

void Association::RequeueOutstanding() {
  if (outstanding_ == nullptr || send_queue_ == nullptr) return;
  for (int64_t tsn = outstanding_->highest_sent(); tsn > outstanding_->cumulative_ack(); --tsn) {
    if (outstanding_->at(tsn).state == ChunkState::kAbandoned) continue;  // reported already
    send_queue_->PutBack(std::move(outstanding_->at(tsn).fragment));
  }
  outstanding_->ForgetAll(local_initial_tsn_.value);
}

bool Association::CheckDry() {
  if (send_queue_ == nullptr) return false;
  bool has_more = false;
  if (is_blocked_) {
    const int64_t used = send_queue_->queued_bytes() + unacked_bytes();
    if (2 * used <= config_.send_buffer) {
      is_blocked_ = false;
      const int64_t queued = send_queue_->queued_bytes();
      if (!user_gone_) user_.OnWritable(*this);
      has_more = send_queue_->queued_bytes() > queued;
    }
  }
  const bool is_dry = send_queue_->empty() && (outstanding_ == nullptr || outstanding_->empty());
  if (is_dry && !was_dry_) {
    was_dry_ = true;
    Tell(SenderDry{});
  }
  return has_more;
}

}  // namespace tickwire::sctp
