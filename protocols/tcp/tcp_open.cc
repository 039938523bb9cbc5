// SYN-SENT and SYN-RECEIVED: RFC 9293 sections 3.5, 3.10.1, 3.10.7.3.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "protocols/tcp/tcp_connection.h"
#include "protocols/tcp/tcp_labels.h"
#include "protocols/tcp/tcp_layer.h"
#include "sim_core/base/check.h"

namespace tickwire::tcp {
namespace {

constexpr TraceLabel kActiveOpen{"active open", "RFC 9293 3.10.1"};
constexpr TraceLabel kSynArrived{"SYN arrived", "RFC 9293 3.10.7.2"};
constexpr TraceLabel kSimultaneousOpen{"SYN arrived", "RFC 9293 3.10.7.3: simultaneous open"};
constexpr TraceLabel kSynAcked{"our SYN is acknowledged", "RFC 9293 3.10.7.3"};
constexpr TraceLabel kCookie{"SYN cookie returned", "RFC 4987 3.6"};
constexpr TraceLabel kRefused{"connection refused", "RFC 9293 3.10.7.3: RST answers our SYN"};
constexpr TraceLabel kGaveUp{"no answer", "RFC 9293 3.8.3: retries of the SYN exhausted"};
constexpr TraceLabel kBadAck{"bad ACK", "RFC 9293 3.10.7.3: acknowledges what was not sent"};
constexpr TraceLabel kNoSyn{"no SYN", "RFC 9293 3.10.7.3, fifth"};
constexpr TraceLabel kResendSyn{"the SYN is not acknowledged", "RFC 6298 5.4, RFC 9293 3.8.3"};
constexpr TraceLabel kQueuedFin{"close", "RFC 9293 3.10.4: queued until ESTABLISHED"};

constexpr int kMaxWindowScale = 14;  // RFC 7323 section 2.3

}  // namespace

uint8_t OwnWindowScale(const TcpConfig& config) {
  uint8_t scale = 0;
  if (config.window_scale >= 0) {
    scale = static_cast<uint8_t>(std::min(config.window_scale, kMaxWindowScale));
    // The field must be able to say that there is room at all.
    while (scale > 0 && (config.receive_buffer >> scale) == 0) --scale;
    return scale;
  }
  while (scale < kMaxWindowScale && (config.receive_buffer >> scale) > 65535) ++scale;
  return scale;
}

uint32_t TcpConnection::PayloadMss() const {
  constexpr uint32_t kTimestampBytes = 12;
  // RFC 9293 section 3.7.1, MUST-16: what both sides and the path take, options subtracted.
  const uint32_t mss = std::min(layer_.MssFor(id_, config_), peer_mss_);
  const uint32_t options = use_timestamps_ ? kTimestampBytes : 0;
  return mss > options + 8 ? mss - options : 8;
}

void TcpConnection::OpenActive(TcpSocket& socket) {
  socket_ = &socket;
  iss_ = layer_.InitialSequence(id_, config_);
  ts_offset_ = layer_.TimestampOffset(id_);
  progress_time_ = layer_.clock().now();
  rcv_adv_ = rcv_nxt_ + std::min<int64_t>(config_.receive_buffer, 65535);
  SetState(State::kSynSent, kActiveOpen);
  SendSyn();
  CheckUserTimeout();
}

void TcpConnection::OpenPassive(TcpListener& listener, const Segment& syn) {
  listener_ = &listener;
  is_passive_ = true;
  iss_ = layer_.InitialSequence(id_, config_);
  ts_offset_ = layer_.TimestampOffset(id_);
  progress_time_ = layer_.clock().now();
  TakeSynOptions(syn);
  use_ecn_ = config_.ecn && syn.has(TcpHeader::kEce) && syn.has(TcpHeader::kCwr);
  SetState(State::kSynReceived, kSynArrived);
  SendSyn();
}

void TcpConnection::OpenFromCookie(TcpListener& listener, const Segment& ack,
                                   const CookieState& cookie) {
  listener_ = &listener;
  is_passive_ = true;
  iss_ = cookie.initial_sequence;
  ts_offset_ = layer_.TimestampOffset(id_);
  progress_time_ = layer_.clock().now();
  irs_ = ack.header.sequence - 1;
  rcv_nxt_ = 1;
  rcv_adv_ = 1 + std::min<int64_t>(config_.receive_buffer, 65535);
  peer_mss_ = cookie.peer_mss;
  use_timestamps_ = config_.timestamps && ack.options.timestamps.has_value();
  use_sack_ = config_.sack && cookie.sack;
  if (config_.window_scaling && cookie.window_scale) {
    send_scale_ = *cookie.window_scale;
    receive_scale_ = OwnWindowScale(config_);
  }
  if (use_timestamps_) ts_recent_ = ack.options.timestamps->value;
  ts_recent_time_ = layer_.clock().now();
  syn_was_resent_ = true;  // no sample of the round trip: when the SYN-ACK left is forgotten
  SetState(State::kSynReceived, kCookie);
  SetPhaseTimer(kRetransmissionTimer, sender_.rto_estimator().rto());  // until the next lines
}

// What the SYN of the peer offers counts if we offer it too.
void TcpConnection::TakeSynOptions(const Segment& syn) {
  irs_ = syn.header.sequence;
  rcv_nxt_ = 1;
  rcv_adv_ = 1 + std::min<int64_t>(config_.receive_buffer, 65535);
  if (syn.options.mss) peer_mss_ = std::max<uint16_t>(*syn.options.mss, 64);
  use_timestamps_ = config_.timestamps && syn.options.timestamps.has_value();
  use_sack_ = config_.sack && syn.options.sack_permitted;
  if (config_.window_scaling && syn.options.window_scale) {
    send_scale_ = std::min<uint8_t>(*syn.options.window_scale, kMaxWindowScale);
    receive_scale_ = OwnWindowScale(config_);
  }
  if (use_timestamps_) {
    ts_recent_ = syn.options.timestamps->value;
    ts_recent_time_ = layer_.clock().now();
  }
  // A window in a SYN is not scaled (RFC 7323 section 2.2).
  snd_wnd_ = max_snd_wnd_ = syn.header.window;
  snd_wl1_ = 0;
  snd_wl2_ = syn.has(TcpHeader::kAck) ? 1 : 0;
}

void TcpConnection::SendSyn() {
  const bool answers = state_ == State::kSynReceived;
  TcpOptions options;
  options.mss = layer_.MssFor(id_, config_);
  const bool scale = config_.window_scaling && (!answers || receive_scale_ > 0 || send_scale_ > 0);
  if (scale) options.window_scale = OwnWindowScale(config_);
  options.sack_permitted = answers ? use_sack_ : config_.sack;
  if (answers ? use_timestamps_ : config_.timestamps) {
    options.timestamps = {.value = TimestampNow(), .echo_reply = answers ? ts_recent_ : 0};
  }
  uint8_t flags = TcpHeader::kSyn;
  if (answers) {
    flags |= TcpHeader::kAck;
    if (use_ecn_) flags |= TcpHeader::kEce;  // RFC 3168 section 6.1.1
  } else if (config_.ecn && !syn_was_resent_) {
    // Section 6.1.1.1: a SYN that got lost may have been lost for its ECN bits.
    flags |= TcpHeader::kEce | TcpHeader::kCwr;
  }
  if (!syn_was_resent_) syn_time_ = layer_.clock().now();
  Emit(layer_.ip().node().NewPacket(0), /*position=*/0, flags, options, /*ect=*/false);
  SetPhaseTimer(kRetransmissionTimer, sender_.rto_estimator().rto());
}

void TcpConnection::OnSynTimeout() {
  const int limit = state_ == State::kSynSent ? config_.syn_retries : config_.synack_retries;
  if (retries_ >= limit) return Finish(CloseReason::kTimeout, kGaveUp);
  ++retries_;
  syn_was_resent_ = true;
  sender_.rto_estimator().BackOff();
  if (layer_.trace().is_watched()) {
    layer_.trace().Note(entity_, kRetransmitNote, absl::StrCat("SYN: ", kResendSyn.rule));
  }
  SendSyn();
}

void TcpConnection::OnSynSent(const Segment& segment) {
  const bool has_ack = segment.has(TcpHeader::kAck);
  // First: only ISS + 1 was ever sent.
  if (has_ack && segment.header.acknowledgment != iss_ + 1) {
    Drop(segment, kBadAck);
    if (!segment.has(TcpHeader::kRst)) layer_.SendReset(segment);
    return;
  }
  // Second.
  if (segment.has(TcpHeader::kRst)) {
    if (!has_ack) return Drop(segment, kBadAck);
    return Finish(CloseReason::kRefused, kRefused);
  }
  // Fourth.
  if (!segment.has(TcpHeader::kSyn)) return Drop(segment, kNoSyn);
  TakeSynOptions(segment);
  if (!has_ack) {
    use_ecn_ = config_.ecn && segment.has(TcpHeader::kEce) && segment.has(TcpHeader::kCwr);
    phase_timer_.Cancel();
    SetState(State::kSynReceived, kSimultaneousOpen);
    return SendSyn();
  }
  use_ecn_ = config_.ecn && !syn_was_resent_ && segment.has(TcpHeader::kEce) &&
             !segment.has(TcpHeader::kCwr);
  BecomeEstablished(kSynAcked);
  SendAck();  // RFC 9293 section 3.10.7.3, before anything the user may have to send
  if (segment.data_size() > 0 || segment.has(TcpHeader::kFin)) {
    OnText(segment);
  }
}

void TcpConnection::BecomeEstablished(const TraceLabel& reason) {
  phase_timer_.Cancel();
  // RFC 7323 section 4.1 leaves it open; Karn: no sample from a SYN that was sent twice.
  TcpSender::Start start{.first = 1,
                         .mss = PayloadMss(),
                         .sack = use_sack_,
                         .timestamps = use_timestamps_,
                         .ecn = use_ecn_,
                         .handshake_rtt = std::nullopt,
                         .handshake_lost = retries_ > 0};
  if (!syn_was_resent_) start.handshake_rtt = layer_.clock().now() - syn_time_;
  if (retries_ > 0) sender_.rto_estimator().RestartAfterLostSyn();
  retries_ = 0;
  sender_.Begin(start);
  progress_time_ = layer_.clock().now();
  SetState(State::kEstablished, reason);
  if (fin_queued_) SetState(State::kFinWait1, kQueuedFin);
  tell_connected_ = !is_passive_;
  if (rare_ != nullptr && rare_->wants_keep_alive) set_keep_alive(true);
}

}  // namespace tickwire::tcp
