#include "protocols/tcp/sack_generator.h"

#include <algorithm>

namespace tickwire::tcp {
namespace {

// Blocks that an option never has room for need no memory of their order.
constexpr size_t kRemembered = 8;

}  // namespace

void SackGenerator::OnOutOfOrder(SeqRange segment) {
  int64_t begin = segment.begin;
  int64_t end = segment.end;
  auto it = ranges_.upper_bound(begin);
  if (it != ranges_.begin()) {
    const auto before = std::prev(it);
    if (before->second >= begin) it = before;
  }
  // Fast path: the newest range grows at its end.
  if (it != ranges_.end() && it->first <= begin && !recent_.empty() && recent_[0] == it->first) {
    const auto next = std::next(it);
    if (next == ranges_.end() || next->first > end) {
      if (end > it->second) {
        bytes_ += end - it->second;
        it->second = end;
      }
      return;
    }
  }
  while (it != ranges_.end() && it->first <= end) {
    begin = std::min(begin, it->first);
    end = std::max(end, it->second);
    bytes_ -= it->second - it->first;
    recent_.erase(std::remove(recent_.begin(), recent_.end(), it->first), recent_.end());
    it = ranges_.erase(it);
  }
  ranges_.insert(it, {begin, end});
  bytes_ += end - begin;
  recent_.insert(recent_.begin(), begin);
  if (recent_.size() > kRemembered) recent_.pop_back();
}

void SackGenerator::OnAdvance(int64_t position) {
  while (!ranges_.empty() && ranges_.begin()->first < position) {
    const auto first = ranges_.begin();
    recent_.erase(std::remove(recent_.begin(), recent_.end(), first->first), recent_.end());
    bytes_ -= first->second - first->first;
    ranges_.erase(first);
  }
}

bool SackGenerator::Contains(SeqRange range) const {
  const auto it = ranges_.upper_bound(range.begin);
  return it != ranges_.begin() && std::prev(it)->second >= range.end;
}

void SackGenerator::Clear() {
  ranges_.clear();
  recent_.clear();
  bytes_ = 0;
}

absl::InlinedVector<SeqRange, SackGenerator::kMaxBlocks> SackGenerator::Blocks(size_t limit) const {
  absl::InlinedVector<SeqRange, kMaxBlocks> blocks;
  if (duplicate_ && limit > 0) {
    blocks.push_back(*duplicate_);
    // RFC 2883 section 4: a duplicate within a block beyond the cumulative acknowledgment is
    // followed by that block.
    auto it = ranges_.upper_bound(duplicate_->begin);
    if (it != ranges_.begin() && blocks.size() < limit) {
      --it;
      if (it->second >= duplicate_->end) blocks.push_back({it->first, it->second});
    }
  }
  for (const int64_t begin : recent_) {
    if (blocks.size() >= limit) break;
    const SeqRange range{begin, ranges_.at(begin)};
    if (std::find(blocks.begin(), blocks.end(), range) == blocks.end()) blocks.push_back(range);
  }
  return blocks;
}

}  // namespace tickwire::tcp
