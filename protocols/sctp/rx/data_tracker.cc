#include "protocols/sctp/rx/data_tracker.h"

#include <algorithm>
#include <iterator>

#include "sim_core/base/check.h"

namespace tickwire::sctp {
namespace {

// More than this many duplicates say no more than these.
constexpr size_t kMaxDuplicates = 64;

}  // namespace

bool DataTracker::IsNew(int64_t tsn) const {
  if (tsn <= cumulative_) return false;
  if (tsn > largest_) return true;
  const auto after = gaps_.upper_bound(tsn);
  return after == gaps_.begin() || std::prev(after)->second < tsn;
}

void DataTracker::Observe(int64_t tsn) {
  TW_DCHECK(IsNew(tsn));
  saw_new_ = true;
  largest_ = std::max(largest_, tsn);
  if (tsn == cumulative_ + 1) {
    if (!gaps_.empty()) saw_gap_ = true;  // it fills (part of) one: tell at once
    cumulative_ = tsn;
    return AdvanceOverRanges();
  }
  saw_gap_ = true;
  auto after = gaps_.upper_bound(tsn);
  const bool joins_after = after != gaps_.end() && after->first == tsn + 1;
  if (after != gaps_.begin()) {
    const auto before = std::prev(after);
    if (before->second == tsn - 1) {
      before->second = joins_after ? after->second : tsn;
      if (joins_after) gaps_.erase(after);
      return;
    }
  }
  const int64_t last = joins_after ? after->second : tsn;
  if (joins_after) gaps_.erase(after);
  gaps_.emplace(tsn, last);
}

void DataTracker::AdvanceOverRanges() {
  while (!gaps_.empty() && gaps_.begin()->first <= cumulative_ + 1) {
    cumulative_ = std::max(cumulative_, gaps_.begin()->second);
    gaps_.erase(gaps_.begin());
  }
}

void DataTracker::ObserveDuplicate(int64_t tsn) {
  saw_duplicate_ = true;
  if (duplicates_.size() < kMaxDuplicates) duplicates_.push_back(tsn);
}

void DataTracker::ForwardTo(int64_t tsn) {
  if (tsn > cumulative_) {
    cumulative_ = tsn;
    largest_ = std::max(largest_, tsn);
    while (!gaps_.empty() && gaps_.begin()->second <= cumulative_) gaps_.erase(gaps_.begin());
    if (!gaps_.empty() && gaps_.begin()->first <= cumulative_) {
      const int64_t last = gaps_.begin()->second;
      gaps_.erase(gaps_.begin());
      cumulative_ = last;
    }
    AdvanceOverRanges();
  }
  state_ = State::kNow;  // RFC 3758 section 3.6: a SACK follows
}

void DataTracker::OnPacketEnd(bool immediately) {
  ++packets_;
  // Section 6.2: at once for a duplicate without news, for gaps (section 7.2.4), for the I bit, for
  // what was dropped, and for every second packet.
  const bool only_duplicates = saw_duplicate_ && !saw_new_;
  if (immediately || only_duplicates || saw_gap_ || !gaps_.empty() || packets_ >= sack_every_) {
    state_ = State::kNow;
  } else if (state_ == State::kIdle) {
    state_ = State::kDelayed;
  }
  saw_gap_ = saw_new_ = saw_duplicate_ = false;
}

SackChunk DataTracker::MakeSack(uint32_t a_rwnd, size_t max_blocks) {
  SackChunk sack;
  sack.cumulative_tsn_ack = Tsn{static_cast<uint32_t>(cumulative_)};
  sack.a_rwnd = a_rwnd;
  for (const auto& [first, last] : gaps_) {
    if (sack.gap_ack_blocks.size() == max_blocks || first - cumulative_ > 0xffff) break;
    sack.gap_ack_blocks.push_back(
        {.start = static_cast<uint16_t>(first - cumulative_),
         .end = static_cast<uint16_t>(std::min<int64_t>(last - cumulative_, 0xffff))});
  }
  for (const int64_t tsn : duplicates_) {
    if (sack.gap_ack_blocks.size() + sack.duplicate_tsns.size() >= max_blocks) break;
    sack.duplicate_tsns.push_back(Tsn{static_cast<uint32_t>(tsn)});
  }
  duplicates_.clear();
  packets_ = 0;
  state_ = State::kIdle;
  return sack;
}

}  // namespace tickwire::sctp
