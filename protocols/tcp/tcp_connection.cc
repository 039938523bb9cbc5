#include "protocols/tcp/tcp_connection.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "protocols/tcp/tcp_labels.h"
#include "protocols/tcp/tcp_layer.h"
#include "protocols/tcp/tcp_listener.h"
#include "protocols/tcp/tcp_socket.h"
#include "sim_core/base/check.h"

namespace tickwire::tcp {
namespace {

const TraceLabel& LabelOf(TcpConnection::State state) {
  static constexpr TraceLabel kLabels[] = {
      {"CLOSED", "RFC 9293 3.3.2"},       {"SYN-SENT", "RFC 9293 3.3.2"},
      {"SYN-RECEIVED", "RFC 9293 3.3.2"}, {"ESTABLISHED", "RFC 9293 3.3.2"},
      {"FIN-WAIT-1", "RFC 9293 3.3.2"},   {"FIN-WAIT-2", "RFC 9293 3.3.2"},
      {"CLOSE-WAIT", "RFC 9293 3.3.2"},   {"CLOSING", "RFC 9293 3.3.2"},
      {"LAST-ACK", "RFC 9293 3.3.2"},     {"TIME-WAIT", "RFC 9293 3.3.2"},
  };
  return kLabels[static_cast<size_t>(state)];
}

constexpr TraceLabel kOurFin{"close", "RFC 9293 3.10.4: the user is done sending"};
constexpr TraceLabel kUserAbort{"abort", "RFC 9293 3.10.5"};
constexpr TraceLabel kUnreadData{"unread data", "RFC 2525 2.17: closed with data not read"};
constexpr TraceLabel kGaveUpOpening{"closed while opening", "RFC 9293 3.10.4: SYN-SENT"};
constexpr TraceLabel kPowerOff{"power off", "the machine crashed"};
constexpr TraceLabel kListenerGone{"listener gone", "RFC 9293 3.10.4: LISTEN was closed"};
constexpr TraceLabel kDelivered{"delivered bytes"};

std::string NameOf(const TcpConnection::Id& id) {
  return absl::StrCat("tcp ", ToString(id.local), " ", ToString(id.remote));
}

}  // namespace

TcpConnection::TcpConnection(TcpLayer& layer, const Id& id, const TcpConfig& config)
    : layer_(layer),
      id_(id),
      config_(config),
      entity_(layer.trace().NewEntity(NameOf(id))),
      quick_acks_(static_cast<uint8_t>(std::min(config.quick_acks, 255u))),
      delayed_ack_(layer.clock(), *this, kDelayedAckTimer, entity_),
      phase_timer_(layer.clock(), *this, kRetransmissionTimer, entity_),
      sender_(layer.clock(), entity_, config, *this) {
  no_delay_ = !config.nagle;
  peer_mss_ = id.remote.address.is_v4() ? 536 : 1220;  // RFC 9293 section 3.7.1
  if (config.user_timeout > Duration()) set_user_timeout(config.user_timeout);
  if (config.keep_alive) set_keep_alive(true);
}

TcpConnection::~TcpConnection() = default;

TcpConnection::RareTimers::RareTimers(TcpConnection& owner)
    : keep_alive(owner.layer_.clock(), owner, kKeepAliveTimer, owner.entity_),
      user_timeout(owner.layer_.clock(), owner, kUserTimer, owner.entity_) {}

TcpConnection::RareTimers& TcpConnection::rare() {
  if (rare_ == nullptr) rare_ = std::make_unique<RareTimers>(*this);
  return *rare_;
}

std::optional<uint32_t> TcpConnection::recent_timestamp() const {
  return use_timestamps_ ? std::optional<uint32_t>(ts_recent_) : std::nullopt;
}

void TcpConnection::SetState(State next, const TraceLabel& reason) {
  TW_DCHECK(next != state_);
  state_ = next;
  layer_.trace().State(entity_, LabelOf(next), reason);
}

void TcpConnection::Finish(CloseReason reason, const TraceLabel& why) {
  if (state_ == State::kClosed) return;
  const bool was_half_open = state_ == State::kSynReceived;
  // In TIME-WAIT all is done, whatever ends it; the user was told why, or will be.
  const bool was_done = state_ == State::kTimeWait;
  // Section 3.10.7.4: in these states a reset ends it silently, without flushing the queues.
  const bool keeps_data = was_done || state_ == State::kClosing || state_ == State::kLastAck;
  SetState(State::kClosed, why);
  delayed_ack_.Cancel();
  phase_timer_.Cancel();
  if (rare_ != nullptr) {
    rare_->keep_alive.Cancel();
    rare_->user_timeout.Cancel();
  }
  sender_.Stop();
  ack_now_ = false;
  if (!was_done) {
    close_reason_ = reason;
    tell_closed_ = true;
  }
  out_of_order_.reset();
  if (reason != CloseReason::kPeer && reason != CloseReason::kLocal && !keeps_data) {
    receive_buffer_.Release(receive_buffer_.end());  // RFC 9293 section 3.10.7.4: queues flushed
  }
  if (listener_ != nullptr) {
    listener_->OnGone(*this, was_half_open);
    listener_ = nullptr;
  }
  layer_.Retire(*this);
}

void TcpConnection::EnterTimeWait(const TraceLabel& reason) {
  SetState(State::kTimeWait, reason);
  delayed_ack_.Cancel();
  phase_timer_.Cancel();
  if (rare_ != nullptr) {
    rare_->keep_alive.Cancel();
    rare_->user_timeout.Cancel();
  }
  sender_.Stop();
  SetPhaseTimer(kTimeWaitTimer, config_.time_wait);
  close_reason_ = CloseReason::kLocal;
  tell_closed_ = true;
}

// --- The user ---

uint64_t TcpConnection::Send(std::span<const uint8_t> bytes, uint64_t zeros) {
  if (fin_queued_ || wants_no_data_ || state_ == State::kClosed || is_orphaned_) return 0;
  const int64_t room = std::max<int64_t>(0, config_.send_buffer - send_buffer_.size());
  const uint64_t wanted = bytes.size() + zeros;
  const bool waited_for_nothing = send_buffer_.size() == 0;
  const uint64_t taken = std::min<uint64_t>(wanted, static_cast<uint64_t>(room));
  const size_t stored = std::min<uint64_t>(bytes.size(), taken);
  send_buffer_.Append(bytes.first(stored), taken - stored);
  if (taken < wanted) is_blocked_ = true;
  // The user timeout counts from when something began to wait (RFC 9293 section 3.9.1.1).
  if (taken > 0 && waited_for_nothing) progress_time_ = layer_.clock().now();
  if (taken > 0) TrySend();
  return taken;
}

// RFC 9293 section 3.10.4. MODEL: in SYN-RECEIVED the FIN waits for ESTABLISHED even if there is
// nothing else to send; the RFC lets it go at once.
void TcpConnection::ShutdownSend() {
  if (fin_queued_ || state_ == State::kClosed) return;
  if (state_ == State::kSynSent) return Close();
  fin_queued_ = true;
  QueueFin();
}

void TcpConnection::QueueFin() {
  switch (state_) {
    case State::kEstablished:
      SetState(State::kFinWait1, kOurFin);
      break;
    case State::kCloseWait:
      SetState(State::kLastAck, kOurFin);
      break;
    default:  // SYN-RECEIVED: when it is established
      return;
  }
  TrySend();
}

void TcpConnection::Close() {
  if (state_ == State::kClosed || wants_no_data_) return;
  wants_no_data_ = true;
  if (state_ == State::kSynSent) {
    Finish(CloseReason::kLocal, kGaveUpOpening);
    return Notify();
  }
  close_waits_ = is_delivering_;
  if (!close_waits_) CloseReadSide();
}

void TcpConnection::CloseReadSide() {
  if (receive_buffer_.size() > 0) {  // the peer shall know that its data was lost
    SendRst(snd_nxt(), /*with_ack=*/true);
    Finish(CloseReason::kLocal, kUnreadData);
    return Notify();
  }
  ShutdownSend();
  if (state_ == State::kFinWait2 && config_.fin_wait_2 > Duration() && !phase_timer_.is_set()) {
    SetPhaseTimer(kFinWait2Timer, config_.fin_wait_2);
  }
}

void TcpConnection::Abort() {
  if (state_ == State::kClosed) return;
  wants_no_data_ = true;  // section 3.10.5: nothing that waits is received
  switch (state_) {
    case State::kSynSent:
    case State::kClosing:
    case State::kLastAck:
    case State::kTimeWait:
      break;  // RFC 9293 section 3.10.5: no reset
    default:
      SendRst(snd_nxt(), /*with_ack=*/config_.profile != Profile::kRfc);
  }
  Finish(CloseReason::kLocal, kUserAbort);
  Notify();
}

void TcpConnection::Orphan() {
  socket_ = nullptr;
  is_orphaned_ = true;
  if (state_ != State::kClosed) Close();
}

void TcpConnection::Accept(TcpSocket& socket) {
  socket_ = &socket;
  listener_ = nullptr;
  is_accepted_ = true;
}

void TcpConnection::SetUser(Channel::Listener& user) {
  if (socket_ != nullptr) socket_->set_listener(user);
}

void TcpConnection::OnListenerGone() {
  listener_ = nullptr;
  is_orphaned_ = true;
  if (state_ == State::kSynReceived) {
    SendRst(snd_nxt(), /*with_ack=*/true);
    return Finish(CloseReason::kLocal, kListenerGone);
  }
  Abort();
}

void TcpConnection::PowerOff() {
  Finish(CloseReason::kLocal, kPowerOff);
  tell_closed_ = false;
}

void TcpConnection::ResumeReceiving() {
  is_paused_ = false;
  Notify();
}

uint64_t TcpConnection::Receive(uint64_t limit) {
  const int64_t before = receive_buffer_.size();
  DeliverData(static_cast<int64_t>(std::min<uint64_t>(limit, static_cast<uint64_t>(before))));
  const uint64_t taken = static_cast<uint64_t>(before - receive_buffer_.size());
  Notify();  // the end may come now
  return taken;
}

void TcpConnection::set_no_delay(bool no_delay) {
  no_delay_ = no_delay;
  if (no_delay && is_synchronised() && state_ != State::kTimeWait) TrySend();
}

void TcpConnection::set_user_timeout(Duration timeout) {
  rare().timeout = timeout;
  if (timeout == Duration()) {
    rare_->user_timeout.Cancel();
  } else if (state_ != State::kClosed && state_ != State::kTimeWait) {
    rare_->user_timeout.Cancel();
    CheckUserTimeout();
  }
}

// --- Telling the user ---

void TcpConnection::DeliverData(int64_t limit) {
  if (is_delivering_ || socket_ == nullptr || socket_->listener() == nullptr) return;
  is_delivering_ = true;
  while (limit > 0 && socket_ != nullptr && !wants_no_data_) {
    const StreamBuffer::Piece piece = receive_buffer_.Front(limit);
    if (piece.size() == 0) break;
    const int64_t size = piece.size();
    counters_.bytes_delivered += static_cast<uint64_t>(size);
    socket_->listener()->OnReceive(*socket_, piece.bytes, piece.zeros);
    if (state_ == State::kClosed && receive_buffer_.size() == 0) break;  // reset meanwhile
    receive_buffer_.Release(receive_buffer_.begin() + size);
    limit -= size;
  }
  is_delivering_ = false;
  // A Close() from within: what the user held in its hands then counts as read now.
  if (close_waits_ && state_ != State::kClosed) CloseReadSide();
  close_waits_ = false;
  if (layer_.trace().is_watched()) {
    layer_.trace().Sample(entity_, kDelivered, static_cast<int64_t>(counters_.bytes_delivered));
  }
  if (state_ != State::kClosed) MaybeSendWindowUpdate();
}

void TcpConnection::Notify() {
  if (is_notifying_ || is_delivering_) return;  // who delivers calls again
  is_notifying_ = true;
  if (listener_ != nullptr && is_synchronised() && !is_accepted_) {
    is_accepted_ = true;
    listener_->OnEstablished(*this);
  }
  while (socket_ != nullptr && socket_->listener() != nullptr) {  // none: it is being accepted
    Channel::Listener& user = *socket_->listener();
    if (tell_connected_) {
      tell_connected_ = false;
      user.OnConnected(*socket_);
    } else if (!is_paused_ && !wants_no_data_ && receive_buffer_.size() > 0) {
      DeliverData(receive_buffer_.size());
    } else if (tell_peer_finished_ && receive_buffer_.size() == 0 && !wants_no_data_) {
      tell_peer_finished_ = false;
      user.OnPeerFinished(*socket_);
    } else if (tell_writable_) {
      tell_writable_ = false;
      user.OnWritable(*socket_);
    } else if (tell_closed_ && (receive_buffer_.size() == 0 || wants_no_data_)) {
      tell_closed_ = false;
      user.OnClosed(*socket_, close_reason_);
      break;
    } else {
      break;
    }
  }
  is_notifying_ = false;
}

bool TcpConnection::IsConsistent() const {
  if (state_ == State::kClosed) return true;
  if (rcv_nxt_ > rcv_adv_) return false;
  if (receive_buffer_.end() + (fin_received_ ? 1 : 0) != rcv_nxt_ && irs_ != 0 &&
      state_ != State::kSynSent) {
    return false;
  }
  if (state_ == State::kTimeWait) return phase_timer_.is_set();
  if (!is_synchronised()) return phase_timer_.is_set();
  const int64_t end = send_buffer_.end() + (fin_queued_ ? 1 : 0);
  if (sender_.snd_una() > sender_.snd_nxt() || sender_.snd_nxt() > end) return false;
  if (send_buffer_.begin() != std::min(sender_.snd_una(), send_buffer_.end())) return false;
  return sender_.IsConsistent();
}

}  // namespace tickwire::tcp
