#include "protocols/tcp/sack_scoreboard.h"

#include <algorithm>

#include "sim_core/base/check.h"

namespace tickwire::tcp {
namespace {

// A peer that reports parts of segments gets so many of them cut until all is acknowledged; more
// parts than that are not believed, so that the ring cannot be made to grow.
constexpr uint32_t kMaxPartialSplits = 64;

}  // namespace

void SackScoreboard::Begin(int64_t first, bool keeps_delivery_state, bool keeps_send_order) {
  TW_CHECK(segments_.empty());
  una_ = nxt_ = first;
  if (keeps_delivery_state) delivery_ = std::make_unique<IndexRing<DeliveryState>>();
  keeps_send_order_ = keeps_send_order;
}

SackScoreboard::Detail& SackScoreboard::detail() {
  if (detail_ == nullptr) {
    detail_ = std::make_unique<Detail>();
    Detail& made = *detail_;
    made.originals = made.frontier = made.next_lost = made.lost_end = made.high_rxt =
        segments_.first();
  }
  return *detail_;
}

// --- Sending ---

void SackScoreboard::Append(SeqRange range, SimTime now, bool is_whole, bool is_timed) {
  TW_CHECK(range.begin == nxt_ && range.end > range.begin);
  Segment segment;
  segment.begin = range.begin;
  segment.size = static_cast<uint32_t>(range.size());
  segment.first_sent = segment.last_sent = now;
  segment.is_whole = is_whole;
  segment.is_timed = is_timed;
  segments_.PushBack(segment);
  if (delivery_ != nullptr) delivery_->PushBack({});
  nxt_ = range.end;
}

void SackScoreboard::Resent(Index index, SimTime now) {
  Segment& segment = segments_[index];
  TW_CHECK(!segment.is_sacked);
  if (!segment.is_resent) resent_bytes_ += segment.size;
  segment.is_resent = true;
  segment.is_timed = segment.is_oversize = false;
  segment.last_sent = now;
  if (segment.transmissions < 255) ++segment.transmissions;
  const int64_t last = segment.end() - 1;
  if (detail_ != nullptr && index < detail_->next_lost) {
    detail_->lost_again.erase(last);
  }
  if (keeps_send_order_) detail().resendings.PushBack({last, now});
}

void SackScoreboard::Split(Index index, uint32_t size) {
  const Segment whole = segments_[index];
  TW_CHECK(0 < size && size < whole.size && !whole.is_sacked);
  Segment front = whole;
  front.size = size;
  front.is_whole = false;
  Segment back = whole;
  back.begin = whole.begin + size;
  back.size = whole.size - size;
  back.is_whole = false;
  segments_.Insert(index, front);
  segments_[index + 1] = back;
  if (delivery_ != nullptr) delivery_->Insert(index, DeliveryState((*delivery_)[index]));
  if (detail_ == nullptr) return;
  for (Index* cursor : {&detail_->frontier, &detail_->next_lost, &detail_->lost_end,
                        &detail_->high_rxt, &detail_->originals}) {
    if (*cursor > index) ++*cursor;
  }
  // What names the whole by its last position names the back part now; the front part follows.
  if (detail_->lost_again.contains(whole.end() - 1)) detail_->lost_again.insert(front.end() - 1);
  if (!whole.is_resent) return;
  auto& resendings = detail_->resendings;
  for (uint64_t i = resendings.first(); i < resendings.end(); ++i) {
    if (resendings[i].last != whole.end() - 1 || resendings[i].sent != whole.last_sent) continue;
    resendings.Insert(i, {front.end() - 1, whole.last_sent});
    break;
  }
}

// --- Acknowledgments ---

void SackScoreboard::Forget(const Segment& segment, Index index) {
  if (segment.is_sacked) {
    sacked_bytes_ -= segment.size;
    --detail_->sacked_segments;
    if (index < detail_->frontier) detail_->sacked_before_frontier -= segment.size;
    return;
  }
  if (segment.is_lost) lost_bytes_ -= segment.size;
  if (segment.is_resent) resent_bytes_ -= segment.size;
}

int64_t SackScoreboard::Acknowledge(int64_t ack, Delivered delivered) {
  TW_CHECK(una_ <= ack && ack <= nxt_);
  if (ack == una_) return 0;
  int64_t newly_delivered = 0;
  while (!segments_.empty()) {
    const Index first = segments_.first();
    const Segment& segment = segments_[first];
    if (segment.end() > ack) break;
    if (!segment.is_sacked) {
      newly_delivered += segment.size;
      delivered(first, segment);
    }
    Forget(segment, first);
    segments_.PopFront();
    if (delivery_ != nullptr) delivery_->PopFront();
  }
  una_ = ack;
  const Index first = segments_.first();
  if (segments_.empty()) {  // an idle connection is to be small
    segments_.ReleaseIfSmall();
    detail_.reset();
    return newly_delivered;
  }
  if (segments_[first].begin < ack) {
    if (!segments_[first].is_sacked) newly_delivered += ack - segments_[first].begin;
    TrimFirst(ack);
  }
  if (detail_ != nullptr) {
    for (Index* cursor : {&detail_->frontier, &detail_->next_lost, &detail_->lost_end,
                          &detail_->high_rxt, &detail_->originals}) {
      *cursor = std::max(*cursor, first);
    }
    DropRangesBelow(ack);
  }
  return newly_delivered;
}

void SackScoreboard::TrimFirst(int64_t ack) {
  const Index first = segments_.first();
  Segment& segment = segments_[first];
  Segment gone = segment;
  gone.size = static_cast<uint32_t>(ack - segment.begin);
  Forget(gone, first);
  if (segment.is_sacked) ++detail_->sacked_segments;  // the rest still is one
  segment.begin = ack;
  segment.size -= gone.size;
}

void SackScoreboard::DropRangesBelow(int64_t position) {
  auto& sacked = detail_->sacked;
  while (!sacked.empty() && sacked.begin()->second <= position) sacked.erase(sacked.begin());
  if (sacked.empty() || sacked.begin()->first >= position) return;
  const int64_t end = sacked.begin()->second;
  sacked.erase(sacked.begin());
  sacked.emplace(position, end);
}

int64_t SackScoreboard::Sack(std::span<const SeqRange> blocks, Delivered delivered) {
  int64_t newly_sacked = 0;
  std::array<SeqRange, 4> known{};
  size_t count = 0;
  for (const SeqRange& block : blocks.first(std::min<size_t>(blocks.size(), 4))) {
    const SeqRange clipped{std::max(block.begin, una_), block.end};
    if (clipped.is_empty() || clipped.end > nxt_) continue;
    known[count++] = clipped;
    if (detail_ != nullptr) {
      const auto& before = detail_->known_blocks;
      if (std::find(before.begin(), before.end(), clipped) != before.end()) continue;
    }
    newly_sacked += SackBlock(clipped, delivered);
  }
  if (count > 0) detail().known_blocks = known;
  return newly_sacked;
}

bool SackScoreboard::MaySplit() const { return detail_->partial_splits < kMaxPartialSplits; }

int64_t SackScoreboard::SackBlock(SeqRange block, Delivered delivered) {
  auto& sacked = detail().sacked;
  int64_t from = block.begin;
  auto next = sacked.upper_bound(from);
  if (next != sacked.begin()) {
    const auto before = std::prev(next);
    if (before->second >= block.end) return 0;
    from = std::max(from, before->second);
  }
  Index index = LowerBound(from);
  if (index > segments_.first() && segments_[index - 1].end() > from && MaySplit()) {
    ++detail_->partial_splits;
    Split(index - 1, static_cast<uint32_t>(from - segments_[index - 1].begin));
  }
  if (index >= segments_.end()) return 0;
  int64_t newly_sacked = 0;
  SeqRange covered{segments_[index].begin, segments_[index].begin};
  while (index < segments_.end() && segments_[index].begin < block.end) {
    if (segments_[index].is_sacked) {  // the next range that is known
      TW_DCHECK(next != sacked.end() && next->first == segments_[index].begin);
      covered.end = next->second;
      index = LowerBound(covered.end);
      ++next;
      continue;
    }
    if (segments_[index].end() > block.end) {
      if (!MaySplit()) break;
      ++detail_->partial_splits;
      Split(index, static_cast<uint32_t>(block.end - segments_[index].begin));
    }
    newly_sacked += segments_[index].size;
    MarkSacked(index, delivered);
    covered.end = segments_[index].end();
    ++index;
  }
  if (!covered.is_empty()) AddRange(covered);
  return newly_sacked;
}

void SackScoreboard::MarkSacked(Index index, Delivered delivered) {
  Segment& segment = segments_[index];
  delivered(index, segment);
  Forget(segment, index);
  segment.is_lost = segment.is_resent = false;
  segment.is_sacked = true;
  sacked_bytes_ += segment.size;
  ++detail_->sacked_segments;
  if (index < detail_->frontier) detail_->sacked_before_frontier += segment.size;
}

void SackScoreboard::AddRange(SeqRange range) {
  auto& sacked = detail_->sacked;
  auto it = sacked.upper_bound(range.begin);
  if (it != sacked.begin() && std::prev(it)->second >= range.begin) {
    --it;
    it->second = std::max(it->second, range.end);
  } else {
    it = sacked.emplace_hint(it, range.begin, range.end);
  }
  const int64_t begin = it->first;
  int64_t end = it->second;
  auto follower = std::next(it);
  if (follower == sacked.end() || follower->first > end) return;
  while (follower != sacked.end() && follower->first <= end) {
    end = std::max(end, follower->second);
    follower = sacked.erase(follower);
  }
  sacked[begin] = end;
}

// --- Looking ---

int64_t SackScoreboard::highest_delivered() const {
  if (sacked_bytes_ == 0) return una_;
  return detail_->sacked.rbegin()->second;
}

SackScoreboard::Index SackScoreboard::LowerBound(int64_t position) const {
  const Index first = segments_.first();
  const Index end = segments_.end();
  if (segments_.empty() || position <= segments_[first].begin) return first;
  if (position > segments_[end - 1].begin) return end;
  // Segments are mostly of one size: a guess, then ever longer steps, then halving.
  const auto size = static_cast<int64_t>(segments_.size());
  const auto guess = static_cast<Index>((position - una_) * size / (nxt_ - una_));
  Index low = first;     // begins before `position`
  Index high = end - 1;  // does not
  Index at = std::clamp(first + guess, first, high);
  if (segments_[at].begin >= position) {
    high = at;
    for (Index step = 1; high - first > step; step *= 2) {
      if (segments_[high - step].begin < position) {
        low = high - step;
        break;
      }
      high -= step;
    }
  } else {
    low = at;
    for (Index step = 1; end - 1 - low > step; step *= 2) {
      if (segments_[low + step].begin >= position) {
        high = low + step;
        break;
      }
      low += step;
    }
  }
  while (low + 1 < high) {
    at = low + (high - low) / 2;
    (segments_[at].begin < position ? low : high) = at;
  }
  return high;
}

std::optional<SackScoreboard::Index> SackScoreboard::Find(int64_t position) const {
  if (position < una_ || position >= nxt_) return std::nullopt;
  const Index after = LowerBound(position + 1);
  return after - 1;
}

bool SackScoreboard::IsConsistent() const {
  int64_t position = una_;
  int64_t sacked_bytes = 0;
  int64_t lost_bytes = 0;
  int64_t resent_bytes = 0;
  int64_t sacked_before_frontier = 0;
  uint64_t sacked_segments = 0;
  for (Index i = segments_.first(); i < segments_.end(); ++i) {
    const Segment& segment = segments_[i];
    if (segment.begin != position || segment.size == 0) return false;
    if (segment.is_sacked && (segment.is_lost || segment.is_resent)) return false;
    if (segment.first_sent > segment.last_sent) return false;
    position = segment.end();
    if (segment.is_sacked) sacked_bytes += segment.size;
    if (segment.is_sacked) ++sacked_segments;
    if (segment.is_sacked && detail_ == nullptr) return false;
    if (segment.is_sacked && i < detail_->frontier) sacked_before_frontier += segment.size;
    if (segment.is_lost) lost_bytes += segment.size;
    if (segment.is_resent) resent_bytes += segment.size;
    if (!segment.must_resend()) continue;
    const bool is_found = (i >= detail_->next_lost && i < detail_->lost_end) ||
                          detail_->lost_again.contains(segment.end() - 1);
    if (!is_found) return false;
  }
  int64_t in_ranges = 0;
  int64_t last_end = una_ - 1;
  if (detail_ != nullptr) {
    for (const auto& [begin, end] : detail_->sacked) {
      if (begin <= last_end || end <= begin || begin < una_) return false;
      in_ranges += end - begin;
      last_end = end;
    }
  }
  return position == nxt_ && sacked_bytes == sacked_bytes_ && lost_bytes == lost_bytes_ &&
         resent_bytes == resent_bytes_ && sacked_segments == this->sacked_segments() &&
         in_ranges == sacked_bytes_ &&
         (detail_ == nullptr || sacked_before_frontier == detail_->sacked_before_frontier) &&
         (delivery_ == nullptr || delivery_->size() == segments_.size());
}

}  // namespace tickwire::tcp
