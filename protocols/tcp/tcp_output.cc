// Building segments, and the timers that send without being asked: persist, keep-alive.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "protocols/tcp/tcp_connection.h"
#include "protocols/tcp/tcp_labels.h"
#include "protocols/tcp/tcp_layer.h"
#include "sim_core/base/check.h"

namespace tickwire::tcp {
namespace {

constexpr TraceLabel kGaveUp{"given up", "RFC 9293 3.8.3: R2 exceeded"};
constexpr TraceLabel kUserTimeoutExpired{"user timeout", "RFC 9293 3.10.8"};
constexpr TraceLabel kPeerGone{"keep-alive failed", "RFC 9293 3.8.4: no answer to the probes"};
constexpr TraceLabel kTimeWaitOver{"2 MSL over", "RFC 9293 3.10.8: TIME-WAIT timeout"};
constexpr TraceLabel kOrphanOver{"orphan given up", "the peer never closed its side"};
constexpr TraceLabel kProbe{"window probe", "RFC 9293 3.8.6.1"};
constexpr TraceLabel kWindow{"receive window"};

constexpr Duration kTick = Duration::Millis(1);  // of the timestamp clock (RFC 7323 section 5.4)

}  // namespace

uint32_t TcpConnection::TimestampNow() const {
  return static_cast<uint32_t>(layer_.clock().now().nanos() / kTick.nanos()) + ts_offset_;
}

SeqRange TcpConnection::NewSegment(int64_t room) {
  const int64_t begin = sender_.snd_nxt();
  const int64_t data_end = send_buffer_.end();
  const int64_t unsent = data_end - begin;
  if (unsent < 0 || (unsent == 0 && !fin_queued_)) return {};
  const int64_t usable = sender_.snd_una() + snd_wnd_ - begin;
  if (usable <= 0 || room <= 0) return {};
  int64_t mss = sender_.mss();
  if (out_of_order_ != nullptr && out_of_order_->ranges.has_any() && mss > 100) {
    mss -= use_timestamps_ ? 28 : 36;  // room for SACK blocks: 4 + 8 for each of three or four
  }
  const int64_t wanted = std::min(unsent, mss);
  const int64_t size = std::min(wanted, usable);
  const bool is_idle = sender_.snd_nxt() == sender_.snd_una();
  if (room < size && !is_idle) return {};
  const bool is_last = size == unsent;
  if (size < mss && !override_sws_) {
    // RFC 9293 section 3.8.6.2.1. (1) is a full segment; (2) and (3): all of it, if Nagle lets it
    // go; (4): half the largest window that the peer ever offered.
    const bool nagle_waits = !no_delay_ && !is_idle && !fin_queued_;
    const bool all_of_it = is_last && !nagle_waits;
    const bool half_window = !is_last && 2 * size >= max_snd_wnd_;
    if (!all_of_it && !half_window) return {};
  }
  int64_t end = begin + std::min(size, std::max<int64_t>(room, 0));
  if (fin_queued_ && end == data_end && usable > end - begin) ++end;
  return {begin, end};
}

void TcpConnection::Transmit(SeqRange range, const TraceLabel* why) {
  const int64_t data_end = std::min(range.end, send_buffer_.end());
  const SeqRange data{range.begin, std::max(data_end, range.begin)};
  const int64_t stored = send_buffer_.StoredPart(data);
  Packet payload = layer_.ip().node().NewPacket(static_cast<size_t>(stored));
  send_buffer_.Copy(data.begin, payload.mutable_bytes());
  payload.set_virtual_tail(static_cast<uint32_t>(data.size() - stored));
  uint8_t flags = TcpHeader::kAck;
  if (range.end > send_buffer_.end()) flags |= TcpHeader::kFin;
  if (data.size() > 0 && data.end == send_buffer_.end()) flags |= TcpHeader::kPsh;
  const bool is_new = why == nullptr;
  if (use_ecn_ && is_new && data.size() > 0 && sender_.TakeCwr()) flags |= TcpHeader::kCwr;
  counters_.bytes_sent += static_cast<uint64_t>(data.size());
  TcpOptions options;
  AddCommonOptions(options, static_cast<size_t>(data.size()));
  // RFC 3168 section 6.1.5: retransmitted data is not ECN-capable.
  Emit(std::move(payload), range.begin, flags, options, use_ecn_ && is_new && data.size() > 0);
}

void TcpConnection::AddCommonOptions(TcpOptions& options, size_t payload_size) const {
  if (use_timestamps_) options.timestamps = {.value = TimestampNow(), .echo_reply = ts_recent_};
  if (!use_sack_ || out_of_order_ == nullptr || !out_of_order_->ranges.has_any()) return;
  // MODEL: a retransmission that fills its segment carries only the SACK blocks that still fit; the
  // pure ACK that every early segment caused has carried them.
  const size_t used = use_timestamps_ ? 12 : 0;
  size_t room = TcpOptions::kMaxSize - used;
  if (payload_size > 0) {
    const size_t mss = sender_.mss();
    room = std::min(room, mss > payload_size ? mss - payload_size : 0);
  }
  if (room < 12) return;
  for (const SeqRange& range : out_of_order_->ranges.Blocks((room - 4) / 8)) {
    options.sack[options.sack_count++] = {.left = Wrap(range.begin, irs_),
                                          .right = Wrap(range.end, irs_)};
  }
}

void TcpConnection::SendAck() {
  TcpOptions options;
  AddCommonOptions(options, 0);
  // A window probe's byte counts as sent: a peer that took it would not accept what lies before.
  const int64_t position = std::max(snd_nxt(), probe_end_);
  Emit(layer_.ip().node().NewPacket(0), position, TcpHeader::kAck, options, /*ect=*/false);
}

void TcpConnection::SendRst(int64_t position, bool with_ack) {
  TcpOptions options;
  if (use_timestamps_) options.timestamps = {.value = TimestampNow(), .echo_reply = ts_recent_};
  const uint8_t flags = with_ack ? TcpHeader::kRst | TcpHeader::kAck : TcpHeader::kRst;
  Emit(layer_.ip().node().NewPacket(0), position, flags, options, /*ect=*/false);
}

void TcpConnection::Emit(Packet payload, int64_t position, uint8_t flags, TcpOptions options,
                         bool ect) {
  TcpHeader header{.source_port = id_.local.port,
                   .destination_port = id_.remote.port,
                   .sequence = Wrap(position, iss_),
                   .flags = flags};
  if ((flags & TcpHeader::kAck) != 0) {
    if ((flags & (TcpHeader::kSyn | TcpHeader::kRst)) == 0) AdvanceWindow();
    header.acknowledgment = Wrap(rcv_nxt_, irs_);
    last_ack_sent_ = rcv_nxt_;
    unacked_bytes_ = 0;
    ack_now_ = false;
    if (quick_acks_ > 0 && payload.wire_size() == 0 && is_synchronised()) --quick_acks_;
    if (delayed_ack_.is_set()) delayed_ack_.Cancel();
    if (echo_congestion_ && (flags & TcpHeader::kSyn) == 0) header.flags |= TcpHeader::kEce;
    if (options.sack_count > 0) out_of_order_->ranges.ForgetDuplicate();
  }
  const int64_t window = rcv_adv_ - rcv_nxt_;
  const int scale = (flags & TcpHeader::kSyn) != 0 ? 0 : receive_scale_;
  // Rounded down: so the edge may seem to move back by less than a unit, and what it once allowed
  // is still accepted up to rcv_adv_ (RFC 7323 section 2.4).
  const int64_t field = window >> scale;
  header.window = static_cast<uint16_t>(std::min<int64_t>(field, 65535));
  if ((flags & TcpHeader::kRst) != 0) header.window = 0;
  if (header.window == 0 && is_synchronised()) ++counters_.zero_windows_sent;
  ++counters_.segments_sent;
  uint8_t bytes[TcpOptions::kMaxSize];
  const size_t size = options.Write(bytes, config_.profile);
  header.PrependTo(payload, {bytes, size}, id_.local.address, id_.remote.address);
  const IpLayer::SendResult result = layer_.ip().Send(
      id_.local.address, id_.remote.address, IpProtocol::kTcp, std::move(payload),
      {.ttl = TcpLayer::kTtl, .ecn = ect ? Ecn::kEct0 : Ecn::kNotEct, .dont_fragment = true});
  // Another connection has learnt of a smaller path.
  if (result == IpLayer::SendResult::kTooBig) mss_may_have_changed_ = true;
}

void TcpConnection::OnTimerDone() {
  if (mss_may_have_changed_) TrySend();
}

void TcpConnection::TrySend() {
  if (!is_synchronised() || state_ == State::kTimeWait) return;
  for (int round = 0; round < 2; ++round) {
    if (mss_may_have_changed_) {
      mss_may_have_changed_ = false;
      const uint32_t mss = PayloadMss();
      if (mss < sender_.mss()) sender_.OnMssChanged(mss);
    }
    sender_.TrySend();
    if (state_ == State::kClosed || !mss_may_have_changed_) break;
  }
  if (state_ == State::kClosed) return;
  CheckPersist();
  CheckUserTimeout();
}

void TcpConnection::OnGaveUp() {
  Finish(CloseReason::kTimeout, kGaveUp);
  Notify();
}

// --- Persist (RFC 9293 section 3.8.6.1), also the override timeout of silly window avoidance ---

void TcpConnection::SetPhaseTimer(const TraceLabel& label, Duration delay) {
  if (&phase_timer_.label() != &label) {
    phase_timer_.Cancel();
    phase_timer_.set_label(label);
  }
  phase_timer_.Set(delay);
}

void TcpConnection::CheckPersist() {
  const bool may_persist = state_ == State::kEstablished || state_ == State::kCloseWait ||
                           state_ == State::kFinWait1 || state_ == State::kClosing ||
                           state_ == State::kLastAck;
  if (!may_persist) return;
  const bool is_stuck =
      sender_.is_idle() && has_unsent() &&
      sender_.snd_una() + snd_wnd_ - sender_.snd_nxt() <
          std::min<int64_t>(sender_.mss(), send_buffer_.end() - sender_.snd_nxt() + 1);
  if (!is_stuck) {
    if (phase_timer_.is_set()) phase_timer_.Cancel();
    retries_ = 0;
    probe_end_ = 0;
    return;
  }
  if (phase_timer_.is_set()) return;
  const int shift = std::min<int>(retries_, 10);
  const Duration delay = sender_.rto_estimator().rto() * (int64_t{1} << shift);
  SetPhaseTimer(kPersistTimer, std::min(delay, config_.max_rto));
}

void TcpConnection::OnPersist() {
  // Probes are answered as long as the peer lives: a window may stay closed for ever.
  if (probes_unanswered_ >= config_.data_retries) return Finish(CloseReason::kTimeout, kGaveUp);
  if (snd_wnd_ > 0) {  // the override timeout: what fits, goes
    override_sws_ = true;
    sender_.TrySend();
    override_sws_ = false;
    if (state_ == State::kClosed) return;
    if (!sender_.is_idle()) return CheckPersist();
  }
  ++probes_unanswered_;
  if (retries_ < 255) ++retries_;
  ++counters_.window_probes;
  if (layer_.trace().is_watched()) layer_.trace().Note(entity_, kProbe, kProbe.rule);
  const int64_t next = sender_.snd_nxt();
  if (config_.empty_window_probe || next >= send_buffer_.end()) {
    TcpOptions options;
    AddCommonOptions(options, 0);
    Emit(layer_.ip().node().NewPacket(0), sender_.snd_una() - 1, TcpHeader::kAck, options, false);
  } else {
    probe_end_ = next + 1;
    Transmit({next, next + 1}, &kProbe);
  }
  CheckPersist();
}

void TcpConnection::OnPhaseTimer() {
  const TraceLabel* label = &phase_timer_.label();
  if (label == &kRetransmissionTimer) {
    OnSynTimeout();
  } else if (label == &kPersistTimer) {
    OnPersist();
  } else if (label == &kTimeWaitTimer) {
    Finish(close_reason_, kTimeWaitOver);
  } else {
    Finish(CloseReason::kTimeout, kOrphanOver);
  }
  Notify();
}

// --- User timeout and keep-alive ---

void TcpConnection::CheckUserTimeout() {
  if (rare_ == nullptr || rare_->timeout == Duration() || rare_->user_timeout.is_set()) return;
  const bool waits = !is_synchronised() || !sender_.is_idle() || has_unsent();
  if (!waits) return;
  const SimTime due = progress_time_ + rare_->timeout;
  rare_->user_timeout.Set(std::max(Duration(), due - layer_.clock().now()));
}

void TcpConnection::OnUserTimeout() {
  const bool waits = !is_synchronised() || !sender_.is_idle() || has_unsent();
  if (!waits) return;
  if (layer_.clock().now() - progress_time_ < rare_->timeout) return CheckUserTimeout();
  // RFC 9293 section 3.10.8: the peer is told nothing.
  Finish(CloseReason::kTimeout, kUserTimeoutExpired);
  Notify();
}

void TcpConnection::set_keep_alive(bool keep_alive) {
  rare().wants_keep_alive = keep_alive;
  if (!keep_alive) return rare_->keep_alive.Cancel();
  if (!is_synchronised() || state_ == State::kTimeWait || rare_->keep_alive.is_set()) return;
  rare_->heard = layer_.clock().now();
  rare_->probes = 0;
  rare_->keep_alive.Set(config_.keep_alive_idle);
}

void TcpConnection::OnKeepAlive() {
  const Duration silence = layer_.clock().now() - rare_->heard;
  // Data on its way is watched by the retransmission timer.
  if (!sender_.is_idle()) return rare_->keep_alive.Set(config_.keep_alive_idle);
  if (silence < config_.keep_alive_idle) {
    return rare_->keep_alive.Set(config_.keep_alive_idle - silence);
  }
  if (rare_->probes >= config_.keep_alive_probes) {
    SendRst(snd_nxt(), /*with_ack=*/config_.profile != Profile::kRfc);
    Finish(CloseReason::kTimeout, kPeerGone);
    return Notify();
  }
  ++rare_->probes;
  TcpOptions options;
  AddCommonOptions(options, 0);
  Emit(layer_.ip().node().NewPacket(0), sender_.snd_nxt() - 1, TcpHeader::kAck, options, false);
  rare_->keep_alive.Set(config_.keep_alive_interval);
}

void TcpConnection::AdvanceWindow() {
  const int64_t room =
      std::max<int64_t>(0, int64_t{config_.receive_buffer} - receive_buffer_.size());
  const int64_t limit = std::min<int64_t>(room, int64_t{65535} << receive_scale_);
  const int64_t scaled = limit >> receive_scale_ << receive_scale_;
  const int64_t edge = rcv_nxt_ + scaled;
  // RFC 9293 section 3.8.6.2.2, SHLD-14: by a full segment, or half the buffer.
  const int64_t step =
      std::min<int64_t>(config_.receive_buffer / 2, is_synchronised() ? sender_.mss() : 536);
  if (edge - rcv_adv_ >= step) {
    rcv_adv_ = edge;
    if (layer_.trace().is_watched()) layer_.trace().Sample(entity_, kWindow, rcv_adv_ - rcv_nxt_);
  }
}

}  // namespace tickwire::tcp
