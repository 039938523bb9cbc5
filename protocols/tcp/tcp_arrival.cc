// A segment arrives: RFC 9293 section 3.10.7.4, with RFC 5961 and RFC 7323 section 5.
#include <algorithm>

#include "absl/container/inlined_vector.h"
#include "protocols/tcp/tcp_connection.h"
#include "protocols/tcp/tcp_labels.h"
#include "protocols/tcp/tcp_layer.h"
#include "protocols/tcp/tcp_listener.h"
#include "sim_core/base/check.h"

namespace tickwire::tcp {
namespace {

using State = TcpConnection::State;

constexpr TraceLabel kUnacceptable{"not acceptable",
                                   "RFC 9293 3.10.7.4: outside the receive window"};
constexpr TraceLabel kPaws{"PAWS", "RFC 7323 5.3: a timestamp from the past"};
constexpr TraceLabel kNoTimestamp{"no timestamp", "RFC 7323 3.2: agreed, but missing"};
constexpr TraceLabel kRstOutside{"RST outside the window", "RFC 5961 3.2"};
constexpr TraceLabel kRstInside{"RST not at RCV.NXT", "RFC 5961 3.2: challenge ACK"};
constexpr TraceLabel kSynInside{"SYN", "RFC 5961 4.2: challenge ACK"};
constexpr TraceLabel kAckOutside{"ACK out of range", "RFC 5961 5.2, RFC 9293 3.10.7.4"};
constexpr TraceLabel kNoAck{"no ACK", "RFC 9293 3.10.7.4, fifth"};
constexpr TraceLabel kBacklogFull{"backlog full",
                                  "the user has not accepted; the peer tries again"};
constexpr TraceLabel kReset{"connection reset", "RFC 9293 3.10.7.4: RST"};
constexpr TraceLabel kRefused{"connection refused", "RFC 9293 3.10.7.4: RST in SYN-RECEIVED"};
constexpr TraceLabel kBackToListen{"back to LISTEN", "RFC 9293 3.10.7.4: passive open"};
constexpr TraceLabel kSynReset{"SYN in the window", "RFC 793 3.9: an error, reset"};
constexpr TraceLabel kHandshakeDone{"our SYN is acknowledged", "RFC 9293 3.10.7.4, fifth"};
constexpr TraceLabel kFinAcked{"our FIN is acknowledged", "RFC 9293 3.10.7.4, fifth"};
constexpr TraceLabel kPeersFin{"FIN arrived", "RFC 9293 3.10.7.4, eighth"};
constexpr TraceLabel kMalformedOption{"malformed option", "RFC 9293 3.2: ignored from there on"};
constexpr TraceLabel kUrgent{"urgent data", "RFC 9293 3.8.5, RFC 6093: in line"};
constexpr TraceLabel kUnreachable{"unreachable", "RFC 9293 3.9.2.2: while connecting"};
constexpr TraceLabel kSendWindow{"send window"};

// RFC 7323 section 5.5: a timestamp older than this says nothing.
constexpr Duration kTimestampLife = Duration::Seconds(24 * 86400);

}  // namespace

void TcpConnection::Drop(const Segment& segment, const TraceLabel& why) {
  layer_.Drop(segment, why);
}

void TcpConnection::OnSegment(const Segment& segment) {
  ++counters_.segments_received;
  if (rare_ != nullptr) {
    rare_->heard = layer_.clock().now();
    rare_->probes = 0;
  }
  if (segment.options.malformed != nullptr && layer_.trace().is_watched()) {
    layer_.trace().Note(entity_, kMalformedOption, segment.options.malformed->name);
  }
  if (state_ == State::kSynSent) {
    OnSynSent(segment);
  } else {
    ArriveSynchronised(segment);
  }
  // The user comes before the acknowledgment, which its answer may carry.
  Notify();
  if (state_ != State::kClosed && state_ != State::kSynReceived && state_ != State::kSynSent) {
    TrySend();
    if (state_ != State::kClosed && ack_now_) SendAck();
  }
  Notify();
}

void TcpConnection::ArriveSynchronised(const Segment& segment) {
  // RFC 9293 section 3.10.7.4 asks to trim what lies before the window, the SYN too: in a
  // simultaneous open the SYN, ACK of the peer carries the ACK that we wait for.
  const bool is_simultaneous_answer =
      state_ == State::kSynReceived && !is_passive_ && segment.has(TcpHeader::kSyn) &&
      segment.has(TcpHeader::kAck) && !segment.has(TcpHeader::kRst) &&
      segment.header.sequence == irs_;
  if (!is_simultaneous_answer) {
    if (!CheckSequence(segment)) return;
    if (segment.has(TcpHeader::kRst)) return OnRst(segment);
    if (segment.has(TcpHeader::kSyn)) return OnSyn(segment);
  }
  if (!OnAckField(segment)) return;
  if (state_ == State::kClosed) return;
  // Sixth: URG. In line (RFC 6093); the position is kept and told.
  if (segment.has(TcpHeader::kUrg) && state_ <= State::kFinWait2) {
    const int64_t up =
        Unwrap(segment.header.sequence, irs_, rcv_nxt_) + segment.header.urgent_pointer;
    ++counters_.urgent_segments;
    if (up > urgent_) {
      urgent_ = up;
      layer_.trace().Note(entity_, kUrgent);
    }
  }
  OnText(segment);
}

// --- First: the sequence number, and before it RFC 7323's timestamp ---

bool TcpConnection::PassesPaws(const Segment& segment) {
  if (!use_timestamps_ || segment.has(TcpHeader::kRst)) return true;
  if (!segment.options.timestamps) {
    // RFC 7323 section 3.2. A SYN gets its challenge ACK.
    if (segment.has(TcpHeader::kSyn)) return true;
    Drop(segment, kNoTimestamp);
    return false;
  }
  const uint32_t value = segment.options.timestamps->value;
  const bool is_old = static_cast<int32_t>(value - ts_recent_) < 0;
  if (!is_old || layer_.clock().now() - ts_recent_time_ > kTimestampLife) return true;
  ++counters_.paws_drops;
  Drop(segment, kPaws);
  AnswerUnacceptable(segment);
  return false;
}

bool TcpConnection::CheckSequence(const Segment& segment) {
  if (!PassesPaws(segment)) return false;
  const int64_t seq = Unwrap(segment.header.sequence, irs_, rcv_nxt_);
  const int64_t length = segment.length();
  const int64_t window = rcv_adv_ - rcv_nxt_;
  const bool rst = segment.has(TcpHeader::kRst);
  bool acceptable = false;
  if (length == 0) {
    // Table 6; and a pure ACK at the right edge, whose sender has filled our window, must be heard
    // or two such peers would answer each other for ever (RFC 9293 appendix A.2).
    acceptable = seq == rcv_nxt_ || (seq > rcv_nxt_ && seq < rcv_adv_) ||
                 (seq == rcv_adv_ && !rst && !segment.has(TcpHeader::kSyn));
    // Likewise behind a probe of our closed window (section 3.10.7.4: "special allowance").
    acceptable =
        acceptable || (window == 0 && seq == rcv_adv_ + 1 && !rst && !segment.has(TcpHeader::kSyn));
  } else if (window > 0) {
    acceptable = (seq >= rcv_nxt_ && seq < rcv_adv_) ||
                 (seq + length - 1 >= rcv_nxt_ && seq + length - 1 < rcv_adv_);
    // One that covers the whole window and more: the table has forgotten it.
    acceptable = acceptable || (seq < rcv_nxt_ && seq + length > rcv_adv_);
  } else {
    // A closed window still takes ACK, URG and RST: a probe is answered by OnText.
    acceptable = seq == rcv_nxt_ && !segment.has(TcpHeader::kSyn);
  }
  if (acceptable) {
    // RFC 7323 section 4.3.
    // An outdated TS.Recent is replaced by whatever comes (section 5.5).
    if (segment.options.timestamps && use_timestamps_ && !rst && seq <= last_ack_sent_ &&
        (static_cast<int32_t>(segment.options.timestamps->value - ts_recent_) >= 0 ||
         layer_.clock().now() - ts_recent_time_ > kTimestampLife)) {
      ts_recent_ = segment.options.timestamps->value;
      ts_recent_time_ = layer_.clock().now();
    }
    return true;
  }
  if (rst) {
    Drop(segment, kRstOutside);
    return false;
  }
  if (segment.has(TcpHeader::kSyn) && is_synchronised() && config_.rfc5961) {
    OnSyn(segment);  // irrespective of the sequence number (RFC 5961 section 4.2)
    return false;
  }
  ++counters_.out_of_window_segments;
  if (segment.data_size() > 0 && seq + segment.data_size() <= rcv_nxt_) {
    ++counters_.duplicate_segments;
    ReportDuplicate({seq, seq + segment.data_size()});
  }
  Drop(segment, kUnacceptable);
  if (state_ == State::kTimeWait && segment.has(TcpHeader::kFin)) {
    // The retransmission of the peer's FIN restarts the clock.
    SetPhaseTimer(kTimeWaitTimer, config_.time_wait);
  }
  // The profiles answer a SYN that came again with the SYN, ACK that it misses.
  if (state_ == State::kSynReceived && segment.has(TcpHeader::kSyn) &&
      segment.header.sequence == irs_ && config_.profile != Profile::kRfc) {
    syn_was_resent_ = true;
    SendSyn();
  } else {
    AnswerUnacceptable(segment);
  }
  return false;
}

// RFC 9293 section 3.10.7.4. Two ends that find each other's ACKs unacceptable would answer them
// for ever, and on a path that duplicates packets ever more of them: what carries nothing is
// answered as often as a challenge may be sent (RFC 5961 section 7).
void TcpConnection::AnswerUnacceptable(const Segment& segment) {
  segment.length() == 0 ? SendChallengeAck() : SendAck();
}

// --- Second ---

void TcpConnection::OnRst(const Segment& segment) {
  const int64_t seq = Unwrap(segment.header.sequence, irs_, rcv_nxt_);
  if (config_.rfc5961 && seq != rcv_nxt_) {
    Drop(segment, kRstInside);
    return SendChallengeAck();
  }
  if (state_ == State::kSynReceived) {
    return is_passive_ ? Finish(CloseReason::kReset, kBackToListen)
                       : Finish(CloseReason::kRefused, kRefused);
  }
  Finish(CloseReason::kReset, kReset);
}

void TcpConnection::SendChallengeAck() {
  if (!layer_.MayChallenge(config_)) return;
  ++counters_.challenge_acks;
  SendAck();
}

// --- Fourth ---

void TcpConnection::OnSyn(const Segment& segment) {
  if (state_ == State::kSynReceived && is_passive_) {
    return Finish(CloseReason::kReset, kBackToListen);
  }
  if (config_.rfc5961) {
    Drop(segment, kSynInside);
    return SendChallengeAck();
  }
  layer_.SendReset(segment);
  Finish(CloseReason::kReset, kSynReset);
}

// --- Fifth ---

bool TcpConnection::OnAckField(const Segment& segment) {
  if (!segment.has(TcpHeader::kAck)) {
    Drop(segment, kNoAck);
    return false;
  }
  const int64_t ack = Unwrap(segment.header.acknowledgment, iss_, snd_una());
  const int64_t highest = std::max(snd_nxt(), probe_end_);
  if (state_ == State::kSynReceived) {
    if (ack != 1) {
      Drop(segment, kAckOutside);
      layer_.SendReset(segment);
      return false;
    }
    if (listener_ != nullptr && !listener_->HasRoom()) {
      Drop(segment, kBacklogFull);
      return false;
    }
    BecomeEstablished(kHandshakeDone);
    if (listener_ != nullptr) listener_->OnHandshakeDone();
    snd_wnd_ = int64_t{segment.header.window} << send_scale_;
    snd_wl1_ = Unwrap(segment.header.sequence, irs_, rcv_nxt_);
    snd_wl2_ = ack;
    max_snd_wnd_ = std::max(max_snd_wnd_, snd_wnd_);
    return true;
  }
  // RFC 5961 section 5.2; without it an old ACK is merely ignored.
  const bool too_old = config_.rfc5961 && ack < snd_una() - max_snd_wnd_;
  if (ack > highest || too_old) {
    Drop(segment, kAckOutside);
    if (config_.rfc5961) {
      SendChallengeAck();
    } else {
      SendAck();
    }
    return false;
  }
  if (state_ == State::kTimeWait) return true;
  if (ack < snd_una()) return true;  // a duplicate of before: ignored, but its data counts

  probes_unanswered_ = 0;
  if (probe_end_ != 0 && ack == probe_end_ && probe_end_ > snd_nxt()) {
    sender_.OnSentElsewhere({snd_nxt(), probe_end_});
    probe_end_ = 0;
  }
  const int64_t old_window = snd_wnd_;
  const int64_t old_una = snd_una();
  absl::InlinedVector<SeqRange, 4> sack;
  if (use_sack_) {
    for (int i = 0; i < segment.options.sack_count; ++i) {
      const TcpOptions::SackBlock& block = segment.options.sack[static_cast<size_t>(i)];
      sack.push_back({Unwrap(block.left, iss_, old_una), Unwrap(block.right, iss_, old_una)});
    }
  }
  UpdateSendWindow(segment);
  AckEvent event{.cumulative_ack = ack,
                 .sack = {sack.data(), sack.size()},
                 .has_sack_option = !sack.empty(),
                 .carries_data = segment.length() > 0,
                 .changes_window = snd_wnd_ != old_window,
                 .ece = use_ecn_ && segment.has(TcpHeader::kEce),
                 .echoed = std::nullopt};
  if (use_timestamps_ && segment.options.timestamps) {
    const uint32_t age = TimestampNow() - segment.options.timestamps->echo_reply;
    const int64_t now_tick = layer_.clock().now().nanos() / Duration::Millis(1).nanos();
    if (age <= now_tick) event.echoed = SimTime{Duration::Millis(now_tick - age)};
  }
  sender_.OnAck(event);
  if (snd_wnd_ == 0) sender_.OnWindowClosed();
  if (ack > old_una) {
    progress_time_ = layer_.clock().now();
    send_buffer_.Release(std::min(ack, send_buffer_.end()));
    if (is_blocked_ && 3 * (config_.send_buffer - send_buffer_.size()) >= config_.send_buffer) {
      is_blocked_ = false;
      tell_writable_ = true;
    }
    if (fin_is_acked()) OnFinAcked();
  }
  return state_ != State::kClosed;
}

void TcpConnection::UpdateSendWindow(const Segment& segment) {
  const int64_t seq = Unwrap(segment.header.sequence, irs_, rcv_nxt_);
  const int64_t ack = Unwrap(segment.header.acknowledgment, iss_, snd_una());
  const bool is_newer = snd_wl1_ < seq || (snd_wl1_ == seq && snd_wl2_ <= ack);
  if (!is_newer) return;
  const int64_t window = int64_t{segment.header.window} << send_scale_;
  if (window != snd_wnd_ && layer_.trace().is_watched()) {
    layer_.trace().Sample(entity_, kSendWindow, window);
  }
  snd_wnd_ = window;
  snd_wl1_ = seq;
  snd_wl2_ = ack;
  max_snd_wnd_ = std::max(max_snd_wnd_, snd_wnd_);
}

void TcpConnection::OnFinAcked() {
  switch (state_) {
    case State::kFinWait1:
      SetState(State::kFinWait2, kFinAcked);
      if (wants_no_data_ && config_.fin_wait_2 > Duration()) {
        SetPhaseTimer(kFinWait2Timer, config_.fin_wait_2);
      }
      break;
    case State::kClosing:
      EnterTimeWait(kFinAcked);
      break;
    case State::kLastAck:
      Finish(CloseReason::kPeer, kFinAcked);
      break;
    default:
      break;
  }
}

// --- Eighth ---

void TcpConnection::OnFin() {
  fin_received_ = true;
  ++rcv_nxt_;
  rcv_adv_ = std::max(rcv_adv_, rcv_nxt_);
  tell_peer_finished_ = true;
  ack_now_ = true;
  switch (state_) {
    case State::kSynReceived:
    case State::kEstablished:
      return SetState(State::kCloseWait, kPeersFin);
    case State::kFinWait1:  // our FIN is not acknowledged, or we would be in FIN-WAIT-2
      return SetState(State::kClosing, kPeersFin);
    case State::kFinWait2:
      SendAck();
      return EnterTimeWait(kPeersFin);
    default:
      return;
  }
}

// --- ICMP (RFC 9293 section 3.9.2.2; RFC 1191, 8201) ---

bool TcpConnection::IsOutstanding(uint32_t sequence) const {
  const int64_t position = Unwrap(sequence, iss_, snd_una());
  return position >= snd_una() && position < std::max(snd_nxt(), probe_end_);
}

void TcpConnection::OnIcmp(IcmpErrorKind kind, uint32_t sequence) {
  if (!IsOutstanding(sequence)) return;
  switch (kind) {
    case IcmpErrorKind::kPacketTooBig:
      mss_may_have_changed_ = true;
      TrySend();
      return Notify();
    case IcmpErrorKind::kPortUnreachable:
    case IcmpErrorKind::kProtocolUnreachable:
      // Hard errors end an attempt; RFC 5461 section 4.1 and 5927 section 5: soft for the rest.
      if (state_ == State::kSynSent) {
        Finish(kind == IcmpErrorKind::kPortUnreachable ? CloseReason::kRefused
                                                       : CloseReason::kUnreachable,
               kUnreachable);
        return Notify();
      }
      break;
    default:
      break;
  }
  if (socket_ == nullptr || state_ == State::kClosed) return;
  const ChannelError error =
      kind == IcmpErrorKind::kNetworkUnreachable ? ChannelError::kNetworkUnreachable
      : kind == IcmpErrorKind::kTtlExceeded || kind == IcmpErrorKind::kReassemblyTimeout
          ? ChannelError::kTimeExceeded
          : ChannelError::kHostUnreachable;
  socket_->listener()->OnError(*socket_, error);
}

}  // namespace tickwire::tcp
