// An ACK arrives: what it tells, and what becomes of the window.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "protocols/tcp/sender_labels.h"
#include "protocols/tcp/tcp_sender.h"
#include "protocols/tcp/tcp_sender_extras.h"
#include "sim_core/base/check.h"

namespace tickwire::tcp {
namespace {

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

// --- An ACK arrives ---

void TcpSender::OnAck(const AckEvent& ack) {
  if (is_stopped_) return;
  TW_CHECK(snd_una() <= ack.cumulative_ack && ack.cumulative_ack <= snd_nxt());
  const State state_before = core_.state;
  const uint32_t undone_before = core_.counters.undone;
  AckSummary summary = TakeIn(ack);
  if (summary.advances()) {
    timeouts_in_row_ = timeouts_answered_ = 0;
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
  // MODEL: with a window of one segment already, the RFC also waits for the retransmission timer;
  // here the next segment goes with the next ACK.
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

}  // namespace tickwire::tcp
