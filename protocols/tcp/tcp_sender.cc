#include "protocols/tcp/tcp_sender.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "protocols/tcp/sender_labels.h"
#include "protocols/tcp/tcp_labels.h"
#include "protocols/tcp/tcp_sender_extras.h"
#include "sim_core/base/check.h"

namespace tickwire::tcp {
namespace {

constexpr SimTime kBeforeAll = SimTime::FromNanos(-1);

}  // namespace

TcpSender::Extras& TcpSender::extras() {
  if (extras_ == nullptr) extras_ = std::make_unique<Extras>();
  return *extras_;
}

Frto* TcpSender::frto() {
  return extras_ != nullptr && extras_->frto.has_value() ? &*extras_->frto : nullptr;
}

Pacer* TcpSender::pacer() {
  return extras_ != nullptr && extras_->pacer.has_value() ? &*extras_->pacer : nullptr;
}

TcpSender::TcpSender(NodeClock& clock, const TraceEntity& entity, const TcpConfig& config,
                     Host& host)
    : host_(host), core_(clock, entity, config), rto_timer_(clock, *this, kRtoTimer, entity) {}

TcpSender::~TcpSender() = default;

void TcpSender::Begin(const Start& start) {
  TW_CHECK(congestion_ == nullptr && start.mss > 0);
  core_.mss = start.mss;
  // The other kinds are of the world before SACK and look at no block.
  const LossRecoveryKind kind = core_.config.loss_recovery;
  core_.sack = start.sack && (kind == LossRecoveryKind::kSack || kind == LossRecoveryKind::kRack);
  core_.timestamps = start.timestamps;
  core_.timestamp_tick_micros = static_cast<uint32_t>(start.timestamp_tick.nanos() / 1000);
  core_.ecn = start.ecn;
  core_.recover = limited_until_ = start.first;
  // RFC 5681 section 3.1: one segment after a lost SYN or SYN-ACK.
  core_.cwnd = start.handshake_lost ? core_.mss : core_.initial_window();
  if (start.handshake_rtt.has_value()) core_.rto.Observe(core_.clock.now(), *start.handshake_rtt);
  congestion_ = MakeCongestionControl(core_);
  const bool keeps_send_order = core_.sack && kind == LossRecoveryKind::kRack;
  core_.board.Begin(start.first, congestion_->keeps_delivery_state(), keeps_send_order);
  recovery_ = MakeLossRecovery(core_, *congestion_, *this);
  if (core_.config.frto) extras().frto.emplace();
  if (core_.config.frto || core_.config.undo) core_.undo = &extras().undo.emplace();
  core_.TakeSamples();
}

// --- Sending ---

void TcpSender::TrySend() {
  if (is_stopped_) return;
  MaybeRestartAfterIdle();
  while (SendOne()) {
  }
  if (recovery_->Room() < core_.mss) {
    limited_until_ = snd_nxt();
  } else if (pacer() == nullptr || !pacer()->is_waiting()) {
    congestion_->OnApplicationLimited();
  }
  SetTimers();
  core_.TakeSamples();
  TW_DCHECK(IsConsistent());
}

bool TcpSender::SendOne() {
  if (!is_forced_ && !PacingAllows()) return false;
  if (frto() != nullptr && frto()->holds_back_retransmissions()) {
    if (frto()->wants_new_data() && SendNew(core_.mss)) {
      frto()->OnSentNew();
      return true;
    }
    if (!frto()->OnNothingNew()) return false;
    core_.board.MarkRestLost();  // RFC 5682 section 2.1 step 2b: conventionally, then.
  }
  const int64_t room = recovery_->Room();
  if (const auto choice = recovery_->Next()) {
    const bool fits = room >= std::min(core_.board[choice->index].size, core_.mss);
    const bool is_forced = recovery_->TakeForced() || is_forced_;
    is_forced_ = false;
    if (!fits && !is_forced) return false;
    Resend(*choice);
    return true;
  }
  if (room > 0 && SendNew(room)) return true;
  if (room >= core_.mss) {
    if (const auto choice = recovery_->LastResort()) {
      Resend(*choice);
      return true;
    }
  }
  // RFC 5827: asked of the host as if there were room.
  return core_.config.early_retransmit && host_.NewSegment(core_.mss).is_empty() &&
         recovery_->OnNothingNew();
}

bool TcpSender::SendNew(int64_t room) {
  const SeqRange range = host_.NewSegment(room);
  if (range.is_empty()) return false;
  TW_CHECK(range.begin == snd_nxt() && range.size() <= int64_t{core_.mss} + 1);
  const bool was_empty = core_.board.empty();
  core_.board.Append(range, core_.clock.now(), /*is_whole=*/range.size() > core_.mss);
  ++core_.counters.sent_segments;
  core_.counters.sent_bytes += static_cast<uint64_t>(range.size());
  if (was_empty) core_.restart_rto = true;  // RFC 6298 section 5.1
  OnSent(core_.board.end() - 1, /*is_resent=*/false);
  if (core_.is_watched()) core_.NoteRange(range, "sent");
  host_.Transmit(range, nullptr);
  return true;
}

void TcpSender::Resend(LossRecovery::Choice choice) {
  SackScoreboard& board = core_.board;
  const SackScoreboard::Index index = choice.index;
  const uint32_t size = board[index].size;
  // MODEL: what was sent in small segments is resent in the same ones, never joined to larger ones.
  if (size > core_.mss && !(board[index].is_whole && size == core_.mss + 1)) {
    board.Split(index, core_.mss);
  }
  if (board[index].is_oversize) {
    choice.why = &kResendMtu;
    ++core_.counters.mtu_retransmits;
  } else if (core_.state == State::kRecovery) {
    ++core_.counters.fast_retransmits;
  } else if (core_.state == State::kLoss) {
    ++core_.counters.timeout_retransmits;
  }
  const SeqRange range = board[index].range();
  if (core_.is_watched()) NoteResend(board[index], *choice.why);
  board.Resent(index, core_.clock.now());
  ++core_.counters.retransmitted_segments;
  core_.counters.retransmitted_bytes += static_cast<uint64_t>(range.size());
  if (core_.undo != nullptr) core_.undo->OnResent(range, core_.clock.now());
  OnSent(index, /*is_resent=*/true);
  host_.Transmit(range, choice.why);
}

void TcpSender::NoteResend(const SackScoreboard::Segment& segment, const TraceLabel& why) {
  std::string text =
      absl::StrCat(why.name, ": ", segment.begin, "..", segment.end(), ", ACK ", snd_una());
  if (core_.dupacks > 0) absl::StrAppend(&text, ", ", core_.dupacks, " duplicate");
  if (core_.board.sacked_bytes() > 0) {
    absl::StrAppend(&text, ", sacked up to ", core_.board.highest_delivered());
  }
  if (segment.transmissions > 1) {
    absl::StrAppend(&text, ", sent ", int{segment.transmissions}, " times before");
  }
  absl::StrAppend(&text, " (", why.rule, ")");
  core_.clock.trace().Note(core_.entity, kRetransmitNote, text);
  core_.NoteRange(segment.range(), "retransmitted");
}

void TcpSender::OnSent(SackScoreboard::Index index, bool is_resent) {
  last_sent_ = core_.clock.now();
  recovery_->OnSent(index, is_resent);
  congestion_->OnSent(index);
  if (const int64_t rate = PacingRate(); rate > 0) {
    if (pacer() == nullptr) {
      LossRecovery::Actions& actions = *this;
      extras().pacer.emplace(core_, actions);
    }
    pacer()->OnSent(core_.board[index].size, rate);
  }
}

void TcpSender::OnSentElsewhere(SeqRange range) {
  if (is_stopped_) return;
  core_.board.Append(range, core_.clock.now(), /*is_whole=*/false, /*is_timed=*/false);
  ++core_.counters.sent_segments;
  core_.counters.sent_bytes += static_cast<uint64_t>(range.size());
}

void TcpSender::OnMssChanged(uint32_t mss) {
  if (is_stopped_ || mss == core_.mss) return;
  TW_CHECK(mss > 0);
  core_.mss = mss;
  core_.cwnd = std::max<int64_t>(core_.cwnd, mss);
  core_.board.MarkOversizeLost(mss);
}

void TcpSender::MaybeRestartAfterIdle() {
  // RFC 5681 section 4.1.
  if (!core_.config.slow_start_after_idle || !core_.board.empty() || congestion_->owns_window() ||
      core_.counters.sent_segments == 0 || core_.clock.now() - last_sent_ <= core_.rto.rto()) {
    return;
  }
  if (host_.NewSegment(core_.mss).is_empty()) return;
  core_.cwnd = std::min(core_.cwnd, core_.initial_window());
  congestion_->OnIdleRestart();
}

int64_t TcpSender::PacingRate() const {
  if (const int64_t rate = congestion_->pacing_rate(); rate > 0) return rate;
  if (!core_.config.pacing || !core_.rto.has_sample()) return 0;
  // As Linux does: twice the window a round trip while it may double, 1.2 times else.
  const int64_t percent = core_.cwnd < core_.ssthresh / 2 ? 200 : 120;
  const int64_t srtt = std::max<int64_t>(core_.rto.srtt().nanos(), 1);
  return std::max<int64_t>(
      static_cast<int64_t>(static_cast<Int128>(core_.cwnd) * percent * 10'000'000 / srtt), 1);
}

bool TcpSender::PacingAllows() { return pacer() == nullptr || pacer()->MaySend(); }

bool TcpSender::TakeCwr() {
  const bool owes = core_.owes_cwr;
  core_.owes_cwr = false;
  return owes;
}

// --- Timers ---

void TcpSender::SetTimers() {
  const bool restart = core_.restart_rto;
  core_.restart_rto = false;
  if (core_.board.empty()) {  // RFC 6298 section 5.2.
    rto_timer_.Cancel();
    recovery_->StopTimers();
    return;
  }
  const SimTime now = core_.clock.now();
  if (restart) core_.rto_deadline = SaturatingAdd(now, core_.rto.rto());
  if (recovery_->SetTimers()) {
    rto_timer_.Cancel();
    return;
  }
  if (rto_timer_.is_set() && rto_timer_.deadline() == core_.rto_deadline) return;
  rto_timer_.Set(std::max(core_.rto_deadline - now, Duration()));
}

void TcpSender::RestartRetransmissionTimer() {
  core_.restart_rto = true;
  SetTimers();
  core_.TakeSamples();
  host_.OnTimerDone();
}

void TcpSender::SendAfterTimer() {
  TrySend();
  host_.OnTimerDone();
}

LossRecovery::Probe TcpSender::SendProbe() {
  if (core_.board.empty()) return LossRecovery::Probe::kNone;
  ++core_.counters.tlp_probes;
  if (SendNew(core_.mss)) return LossRecovery::Probe::kNew;
  Resend({core_.board.end() - 1, &kResendProbe});
  return LossRecovery::Probe::kResent;
}

void TcpSender::OnRetransmissionTimer() {
  TW_CHECK(!core_.board.empty());
  if (timeouts_in_row_ - timeouts_answered_ >= static_cast<uint32_t>(core_.config.data_retries)) {
    Stop();
    host_.OnGaveUp();
    return;
  }
  ++timeouts_in_row_;
  ++core_.counters.timeouts;
  const bool was_recovering =
      core_.state == State::kRecovery || (core_.state == State::kLoss && snd_una() < core_.recover);
  core_.recover = snd_nxt();
  // RFC 5681 section 3.1, equation (4): once for a segment, however often the timer resends it.
  if (timeouts_in_row_ == 1) {
    const bool is_new_loss = core_.state != State::kLoss;
    if (is_new_loss) core_.OnReduction(/*is_timeout=*/true);
    // While slow start resends, only what it resent is in flight.
    const int64_t outstanding = is_new_loss ? flight() - core_.limited_transmit_bytes : pipe();
    const int64_t ssthresh = congestion_->SsthreshAfterLoss(outstanding);
    if (!congestion_->owns_window()) core_.ssthresh = ssthresh;
  }
  congestion_->OnTimeout();
  if (!congestion_->owns_window()) core_.cwnd = core_.mss;  // LW of section 3.1
  core_.timeout_una = snd_una();
  core_.dupacks = 0;
  core_.limited_transmit_bytes = 0;
  core_.SetState(State::kLoss, kWhyTimeout);
  core_.rto.BackOff();  // RFC 6298 section 5.5
  const bool tries_frto = frto() != nullptr && frto()->OnTimeout(was_recovering);
  recovery_->OnTimeout(tries_frto ? kBeforeAll : core_.clock.now());
  is_forced_ = true;
  core_.restart_rto = true;  // section 5.6
  TrySend();
  host_.OnTimerDone();
}

void TcpSender::Stop() {
  is_stopped_ = true;
  rto_timer_.Cancel();
  if (recovery_ != nullptr) recovery_->StopTimers();
  if (pacer() != nullptr) pacer()->Stop();
}

bool TcpSender::IsConsistent() const {
  if (!core_.board.IsConsistent() || pipe() < 0) return false;
  if (congestion_ == nullptr) return core_.board.empty();
  return core_.cwnd >= core_.mss && core_.ssthresh > 0;
}

}  // namespace tickwire::tcp
