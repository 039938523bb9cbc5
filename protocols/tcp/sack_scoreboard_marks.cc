// What is lost, and what is to be resent.
#include <algorithm>

#include "protocols/tcp/sack_scoreboard.h"
#include "sim_core/base/check.h"

namespace tickwire::tcp {
namespace {

bool SentBefore(SimTime sent, int64_t end, SimTime other_sent, int64_t other_end) {
  return sent < other_sent || (sent == other_sent && end < other_end);
}

}  // namespace

// --- Marks ---

void SackScoreboard::NoteMustResend(Index index) {
  if (index < detail().next_lost) detail_->lost_again.insert(segments_[index].end() - 1);
  detail_->lost_end = std::max(detail_->lost_end, index + 1);
}

void SackScoreboard::MarkLost(Index index) {
  Segment& segment = segments_[index];
  if (segment.is_sacked || segment.is_lost) return;
  segment.is_lost = true;
  lost_bytes_ += segment.size;
  if (!segment.is_resent) NoteMustResend(index);
}

void SackScoreboard::MarkResentLost(Index index) {
  Segment& segment = segments_[index];
  TW_DCHECK(!segment.is_sacked);
  if (!segment.is_lost) lost_bytes_ += segment.size;
  segment.is_lost = true;
  if (segment.is_resent) resent_bytes_ -= segment.size;
  segment.is_resent = false;
  NoteMustResend(index);
}

void SackScoreboard::MarkLostBySack(uint32_t dupthresh, uint32_t mss, Marked marked) {
  if (sacked_bytes_ == 0) return;
  // Below the dupthresh-th range from above, that many discontiguous ones were sacked.
  const auto& sacked = detail_->sacked;
  int64_t below = una_;
  if (sacked.size() >= dupthresh && dupthresh > 0) {
    auto it = sacked.end();
    for (uint32_t i = 0; i < dupthresh; ++i) --it;
    below = it->first;
  }
  const int64_t threshold = (int64_t{dupthresh} - 1) * mss;
  for (; detail_->frontier < segments_.end(); ++detail_->frontier) {
    const Segment& segment = segments_[detail_->frontier];
    if (segment.is_sacked) {
      detail_->sacked_before_frontier += segment.size;
      continue;
    }
    const bool is_lost =
        segment.begin < below || sacked_bytes_ - detail_->sacked_before_frontier > threshold;
    if (!is_lost) break;
    if (segment.is_lost) continue;
    marked(segment);
    MarkLost(detail_->frontier);
  }
}

Duration SackScoreboard::MarkLostByTime(SimTime sent, int64_t end, Duration wait, SimTime now,
                                        Marked marked) {
  TW_DCHECK(keeps_send_order_);
  if (segments_.empty()) return Duration();
  detail();
  return std::max(MarkResendingsLost(sent, end, wait, now, marked),
                  MarkOriginalsLost(sent, end, wait, now, marked));
}

const SackScoreboard::Segment* SackScoreboard::Outstanding(const Detail::Resending& resending,
                                                           Index& index) const {
  const std::optional<Index> found = Find(resending.last);
  if (!found.has_value()) return nullptr;
  const Segment& segment = segments_[*found];
  if (segment.is_sacked || segment.must_resend() || segment.last_sent != resending.sent) {
    return nullptr;
  }
  index = *found;
  return &segment;
}

Duration SackScoreboard::MarkResendingsLost(SimTime sent, int64_t end, Duration wait, SimTime now,
                                            Marked marked) {
  auto& resendings = detail_->resendings;
  while (!resendings.empty()) {
    Index index = 0;
    const Segment* segment = Outstanding(resendings[resendings.first()], index);
    if (segment != nullptr) {
      if (!SentBefore(segment->last_sent, segment->end(), sent, end)) break;
      if (segment->last_sent + wait > now) {
        // The last of those that count was sent no later than this.
        const SimTime last = std::min(resendings[resendings.end() - 1].sent, sent);
        return last + wait - now;
      }
      marked(*segment);
      MarkResentLost(index);
    }
    resendings.PopFront();
  }
  return Duration();
}

Duration SackScoreboard::MarkOriginalsLost(SimTime sent, int64_t end, Duration wait, SimTime now,
                                           Marked marked) {
  const auto is_judged = [](const Segment& segment) {
    return segment.is_sacked || segment.is_lost || segment.transmissions > 1;
  };
  // First transmissions are in order of time as they are in order of position.
  Index& index = detail_->originals;
  for (; index < segments_.end(); ++index) {
    const Segment& segment = segments_[index];
    if (is_judged(segment)) continue;
    if (!SentBefore(segment.last_sent, segment.end(), sent, end)) return Duration();
    if (segment.last_sent + wait > now) break;
    marked(segment);
    MarkLost(index);
  }
  if (index >= segments_.end()) return Duration();
  // One has to wait: how long until the last that was sent before falls due?
  Index low = index;
  Index high = segments_.end();
  while (low + 1 < high) {
    const Index middle = low + (high - low) / 2;
    const Segment& segment = segments_[middle];
    (SentBefore(segment.first_sent, segment.end(), sent, end) ? low : high) = middle;
  }
  while (low > index && is_judged(segments_[low])) {
    if (segments_[low].is_sacked) {
      const auto after = detail_->sacked.upper_bound(segments_[low].begin);
      low = std::max(LowerBound(std::prev(after)->first), index + 1);
    }
    --low;
  }
  return segments_[low].last_sent + wait - now;
}

void SackScoreboard::ClearSack() {
  if (sacked_bytes_ == 0) return;
  for (Index i = segments_.first(); i < segments_.end(); ++i) segments_[i].is_sacked = false;
  sacked_bytes_ = 0;
  detail_->sacked_segments = 0;
  detail_->sacked.clear();
  detail_->known_blocks = {};
  ResetLossCursors();
}

void SackScoreboard::ResetLossCursors() {
  Detail& all = detail();
  all.frontier = all.next_lost = all.high_rxt = all.originals = segments_.first();
  all.sacked_before_frontier = 0;
  all.lost_end = segments_.end();  // to be looked at again; NextLost() finds out
  all.lost_again.clear();
}

void SackScoreboard::MarkLostByTimeout(SimTime sent_until) {
  for (Index i = segments_.first(); i < segments_.end(); ++i) {
    Segment& segment = segments_[i];
    if (segment.is_sacked || (i != segments_.first() && segment.last_sent > sent_until)) continue;
    if (!segment.is_lost) lost_bytes_ += segment.size;
    if (segment.is_resent) resent_bytes_ -= segment.size;
    segment.is_lost = true;
    segment.is_resent = false;
  }
  ResetLossCursors();
}

void SackScoreboard::MarkRestLost() {
  for (Index i = segments_.first(); i < segments_.end(); ++i) {
    if (!segments_[i].is_resent) MarkLost(i);
  }
}

bool SackScoreboard::MarkOversizeLost(uint32_t size) {
  bool is_any = false;
  for (Index i = segments_.first(); i < segments_.end(); ++i) {
    Segment& segment = segments_[i];
    if (segment.is_sacked || segment.size <= size) continue;
    segment.is_oversize = true;
    is_any = true;
    if (!segment.must_resend()) MarkResentLost(i);
  }
  return is_any;
}

void SackScoreboard::UnmarkLost() {
  for (Index i = segments_.first(); i < segments_.end(); ++i) segments_[i].is_lost = false;
  lost_bytes_ = 0;
  ResetLossCursors();
}

// --- Choosing what to resend ---

std::optional<SackScoreboard::Index> SackScoreboard::NextLost() {
  if (lost_bytes_ == 0) return std::nullopt;
  auto& lost_again = detail_->lost_again;
  while (!lost_again.empty()) {
    const std::optional<Index> index = Find(*lost_again.begin());
    if (index.has_value() && segments_[*index].must_resend()) return index;
    lost_again.erase(lost_again.begin());
  }
  const Index end = std::min(detail_->lost_end, segments_.end());
  while (detail_->next_lost < end && !segments_[detail_->next_lost].must_resend())
    ++detail_->next_lost;
  if (detail_->next_lost < end) return detail_->next_lost;
  return std::nullopt;
}

std::optional<SackScoreboard::Index> SackScoreboard::NextBelowSacked() {
  if (sacked_bytes_ == 0) return std::nullopt;
  const int64_t limit = highest_delivered();
  for (; detail_->high_rxt < segments_.end(); ++detail_->high_rxt) {
    const Segment& segment = segments_[detail_->high_rxt];
    if (segment.begin >= limit) return std::nullopt;
    if (!segment.is_sacked && !segment.is_resent) return detail_->high_rxt;
  }
  return std::nullopt;
}

std::optional<SackScoreboard::Index> SackScoreboard::HighestUnsacked() const {
  for (Index i = segments_.end(); i > segments_.first(); --i) {
    if (!segments_[i - 1].is_sacked) return i - 1;
  }
  return std::nullopt;
}

}  // namespace tickwire::tcp
