#include "protocols/tcp/tcp_sender.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "protocols/tcp/frto.h"
#include "protocols/tcp/pacer.h"
#include "protocols/tcp/sender_labels.h"
#include "protocols/tcp/tcp_labels.h"
#include "protocols/tcp/undo_detector.h"
#include "sim_core/base/check.h"

namespace tickwire::tcp {
namespace {

constexpr SimTime kBeforeAll = SimTime::FromNanos(-1);

// RFC 2883 section 4: the first block reports a duplicate if the cumulative ACK or the second block
// covers it.
std::optional<SeqRange> DsackOf(const AckEvent& ack, int64_t snd_nxt) {
  if (ack.sack.empty()) return std::nullopt;
  const SeqRange& first = ack.sack[0];
  if (first.is_empty() || first.begin < 0 || first.end > snd_nxt) return std::nullopt;
  const bool is_below = first.end <= ack.cumulative_ack;
  const bool is_inside =
      ack.sack.size() > 1 && ack.sack[1].begin <= first.begin && first.end <= ack.sack[1].end;
  if (!is_below && !is_inside) return std::nullopt;
  return first;
}

}  // namespace

struct TcpSender::Extras {
  std::optional<Frto> frto;
  std::optional<UndoDetector> undo;
  std::optional<Pacer> pacer;
  int64_t undone_until = 0;  // the RTT of data beyond it starts the estimate anew; 0: not wanted
};

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

// --- An ACK arrives ---

void TcpSender::OnAck(const AckEvent& ack) {
  if (is_stopped_) return;
  TW_CHECK(snd_una() <= ack.cumulative_ack && ack.cumulative_ack <= snd_nxt());
  const State state_before = core_.state;
  const uint32_t undone_before = core_.counters.undone;
  AckSummary summary = TakeIn(ack);
  if (summary.advances()) {
    timeouts_in_row_ = 0;
    core_.restart_rto = true;  // RFC 6298 section 5.3
  }
  congestion_->OnAck(summary);
  ReactToEcn(summary);
  CheckSpurious(summary);
  recovery_->OnAck(summary);
  if (core_.state == State::kCwr && snd_una() >= core_.recover) {
    core_.SetState(State::kOpen, kWhyEcnWindowOver);
  }
  if (Frto* const frto = this->frto(); frto != nullptr && core_.state != State::kLoss) {
    frto->Stop();
  }
  // RFC 4015 section 3.4: what undoing set stays for this ACK.
  if (core_.counters.undone == undone_before) MaybeGrow(summary, state_before);
  core_.TakeSamples();
  TW_DCHECK(IsConsistent());
}

AckSummary TcpSender::TakeIn(const AckEvent& ack) {
  SackScoreboard& board = core_.board;
  AckSummary summary;
  summary.event = &ack;
  summary.now = core_.clock.now();
  summary.prior_una = board.snd_una();
  summary.prior_flight = board.flight();
  summary.prior_pipe = board.pipe();
  summary.highest_before = board.highest_delivered();
  summary.acked_bytes = ack.cumulative_ack - board.snd_una();
  summary.is_duplicate = !board.empty() && !ack.carries_data && !ack.changes_window &&
                         ack.cumulative_ack == board.snd_una();
  std::span<const SeqRange> blocks = ack.sack;
  if (core_.sack) summary.dsack = DsackOf(ack, board.snd_nxt());
  if (summary.dsack.has_value()) {
    blocks = blocks.subspan(1);
    ++core_.counters.dsacks;
    if (core_.is_watched()) {
      core_.clock.trace().Note(core_.entity, kNoteDsack,
                               absl::StrCat(summary.dsack->begin, "..", summary.dsack->end));
    }
  }
  if (summary.advances()) {
    summary.delivered_bytes = board.Acknowledge(
        ack.cumulative_ack,
        [this, &summary](SackScoreboard::Index index, const SackScoreboard::Segment& segment) {
          OnDelivered(summary, index, segment, /*by_sack=*/false);
        });
    if (core_.is_watched()) core_.NoteRange({summary.prior_una, ack.cumulative_ack}, "delivered");
  }
  if (core_.sack && !blocks.empty()) {
    summary.sacked_bytes = board.Sack(
        blocks,
        [this, &summary](SackScoreboard::Index index, const SackScoreboard::Segment& segment) {
          OnDelivered(summary, index, segment, /*by_sack=*/true);
        });
    summary.delivered_bytes += summary.sacked_bytes;
  }
  core_.counters.delivered_bytes += static_cast<uint64_t>(summary.delivered_bytes);
  if (summary.shows_reordering) ++core_.counters.reorderings;
  summary.rtt = RttOf(summary);
  if (!summary.rtt.has_value()) return summary;
  // RFC 7323 appendix G: so many samples come in a round trip.
  const int64_t samples = (summary.prior_flight + 2 * core_.mss - 1) / (2 * int64_t{core_.mss});
  core_.rto.Observe(summary.now, *summary.rtt, std::max<int64_t>(samples, 1));
  if (core_.is_watched()) {
    core_.clock.trace().Sample(core_.entity, kSampleRtt, summary.rtt->nanos());
  }
  return summary;
}

void TcpSender::OnDelivered(AckSummary& summary, SackScoreboard::Index index,
                            const SackScoreboard::Segment& segment, bool by_sack) {
  if (by_sack) {
    if (segment.is_timed) summary.newest_sacked = segment.last_sent;
    if (core_.is_watched()) core_.NoteRange(segment.range(), "sacked");
  } else if (!segment.is_timed) {
    summary.acked_resent = true;
  } else if (!summary.oldest_acked.has_value()) {
    summary.oldest_acked = segment.last_sent;
  }
  congestion_->OnDelivered(index, segment);
  // RFC 8985 section 6.2 step 3.
  if (segment.transmissions == 1 && segment.end() < summary.highest_before) {
    summary.shows_reordering = true;
  }
  // Step 2: the transmission sent last, unless it may be an earlier copy that arrived.
  const Duration rtt = summary.now - segment.last_sent;
  if (!segment.is_timed) {
    if (segment.transmissions == 1) return;  // when it was sent is not known
    const auto& echoed = summary.event->echoed;
    if (echoed.has_value() && *echoed + core_.timestamp_tick() <= segment.last_sent) return;
    if (core_.rto.has_sample() && rtt < core_.rto.min_rtt()) return;
  }
  auto& newest = summary.newest;
  if (!newest.has_value() || segment.last_sent > newest->sent ||
      (segment.last_sent == newest->sent && segment.end() > newest->end)) {
    newest = AckSummary::Newest{segment.last_sent, segment.end(), rtt};
  }
}

std::optional<Duration> TcpSender::RttOf(const AckSummary& summary) const {
  // RFC 6298 section 3 (Karn): only of segments that were sent once, unless a timestamp tells.
  if (summary.advances() && !summary.acked_resent && summary.oldest_acked.has_value()) {
    return summary.now - *summary.oldest_acked;
  }
  const auto& echoed = summary.event->echoed;
  if (summary.advances() && core_.timestamps && echoed.has_value() && *echoed <= summary.now) {
    return summary.now - *echoed;  // RFC 7323 section 4.1
  }
  if (summary.newest_sacked.has_value()) return summary.now - *summary.newest_sacked;
  return std::nullopt;
}

void TcpSender::ReactToEcn(const AckSummary& summary) {
  if (!summary.event->ece || !core_.ecn) return;
  // RFC 3168 section 6.1.2: once for each window of data, and not again while a loss is repaired.
  if (core_.state != State::kOpen && core_.state != State::kDisorder) return;
  ++core_.counters.ecn_reductions;
  core_.recover = snd_nxt();
  if (!congestion_->owns_window()) {
    core_.ssthresh = congestion_->SsthreshAfterLoss(summary.prior_flight);
    core_.cwnd = std::min(core_.cwnd, core_.ssthresh);
  }
  core_.owes_cwr = true;
  if (core_.undo != nullptr) core_.undo->End();
  core_.SetState(State::kCwr, kWhyEcnEcho);
}

void TcpSender::CheckSpurious(const AckSummary& summary) {
  if (frto() != nullptr) {
    switch (frto()->OnAck(summary, core_)) {
      case Frto::Verdict::kSpurious:
        Undo(summary, kWhySpuriousFrto);
        break;
      case Frto::Verdict::kConventional:
        core_.board.MarkRestLost();
        break;
      case Frto::Verdict::kNone:
      case Frto::Verdict::kWait:
        break;
    }
  }
  if (core_.undo == nullptr) return;
  if (core_.config.undo) {
    const TraceLabel* why = core_.undo->OnAck(summary, core_);
    if (why != nullptr) Undo(summary, *why);
  }
  // RFC 4015 section 3.1 step (11).
  if (extras_->undone_until > 0 && snd_una() > extras_->undone_until && summary.rtt.has_value()) {
    extras_->undone_until = 0;
    core_.rto.Reinitialise(summary.now, *summary.rtt, core_.undo->before().srtt,
                           core_.undo->before().rttvar);
  }
}

void TcpSender::Undo(const AckSummary& summary, const TraceLabel& why) {
  if (!core_.undo->is_watching()) return;
  core_.undo->End();
  if (frto() != nullptr) frto()->Stop();
  ++core_.counters.undone;
  core_.board.UnmarkLost();
  // RFC 4015 section 3.1 step (9). MODEL: fast recovery is undone by the same rule, though the RFC
  // speaks of time-outs only.
  if (!summary.event->ece && !congestion_->owns_window()) {
    const UndoDetector::Before& before = core_.undo->before();
    core_.cwnd = std::max(
        core_.cwnd, flight() + std::min<int64_t>(summary.acked_bytes, core_.initial_window()));
    core_.ssthresh = std::max(before.flight, before.ssthresh);
  }
  congestion_->OnUndo();
  recovery_->OnUndo();
  if (core_.undo->is_timeout()) {
    extras_->undone_until = core_.undo->recover();
    core_.rto.EndBackOff();
  }
  core_.recover = snd_una();
  core_.dupacks = 0;
  if (core_.is_watched()) core_.clock.trace().Note(core_.entity, kNoteUndo, why.name);
  core_.SetState(State::kOpen, why);
}

void TcpSender::MaybeGrow(const AckSummary& summary, State state_before) {
  if (!summary.advances() || summary.event->ece || congestion_->owns_window()) return;
  if (core_.state == State::kRecovery || state_before == State::kRecovery) return;
  // A window that is not used says nothing about what the path can take (RFC 7661 section 1,
  // RFC 9438 section 5.8): only what was sent at the limit counts. In slow start twice what was in
  // flight is used enough.
  const bool was_limit = summary.prior_una < limited_until_;
  const bool is_slow_start = core_.cwnd < core_.ssthresh;
  if (!was_limit && !(is_slow_start && core_.cwnd < 2 * summary.prior_flight)) return;
  congestion_->Grow(summary);
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
  if (!PacingAllows()) return false;
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
  if (timeouts_in_row_ >= static_cast<uint32_t>(core_.config.data_retries)) {
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
