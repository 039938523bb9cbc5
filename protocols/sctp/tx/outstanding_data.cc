#include "protocols/sctp/tx/outstanding_data.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "protocols/sctp/packet/tlv.h"
#include "sim_core/base/check.h"

namespace tickwire::sctp {
namespace {

using State = OutstandingChunk::State;
constexpr uint8_t kMissesForFastRetransmit = 3;  // RFC 9260 section 7.2.4
constexpr size_t kDataHeader = 16;

}  // namespace

int64_t OutstandingData::ChunkSize(const OutstandingChunk& chunk) const {
  return static_cast<int64_t>(Padded(chunk_header_ + chunk.fragment.data.size()));
}

// The only place where a chunk's state changes, and the counts with it.
void OutstandingData::Take(OutstandingChunk& chunk, State next) {
  const auto count = [&](int sign) {
    if (chunk.state == State::kInFlight) {
      const int64_t size = ChunkSize(chunk);
      flights_[chunk.path] += sign * size;
      total_flight_ += sign * size;
      data_in_flight_ += sign * static_cast<int64_t>(chunk.fragment.data.size());
    } else if (chunk.state == State::kToRetransmit) {
      marked_ += static_cast<size_t>(sign);
    }
  };
  count(-1);
  chunk.state = next;
  count(+1);
}

int64_t OutstandingData::Add(OutgoingFragment fragment, uint8_t path, SimTime now) {
  if (flights_.size() <= path) flights_.resize(size_t{path} + 1);
  OutstandingChunk chunk;
  chunk.fragment = std::move(fragment);
  chunk.path = path;
  chunk.sent = chunk.first_sent = now;
  if (chunk.fragment.reliability.policy == Reliability::Policy::kTimed) {
    next_expiry_ = std::min(next_expiry_, chunk.fragment.expires);
  }
  const int64_t size = ChunkSize(chunk);
  flights_[path] += size;
  total_flight_ += size;
  data_in_flight_ += static_cast<int64_t>(chunk.fragment.data.size());
  unacked_bytes_ += static_cast<int64_t>(chunk.fragment.data.size());
  chunks_.push_back(std::move(chunk));
  return highest_sent();
}

void OutstandingData::AddAbandoned(const OutgoingFragment& like) {
  OutstandingChunk chunk;
  chunk.fragment.stream = like.stream;
  chunk.fragment.number = like.number;
  chunk.fragment.unordered = like.unordered;
  chunk.fragment.message_id = like.message_id;
  chunk.fragment.end = true;
  chunk.state = State::kAbandoned;
  chunks_.push_back(std::move(chunk));
}

bool OutstandingData::IsValid(int64_t cumulative,
                              std::span<const SackChunk::GapAckBlock> blocks) const {
  if (cumulative > highest_sent()) return false;
  int64_t last = cumulative;
  for (const SackChunk::GapAckBlock& block : blocks) {
    if (block.start == 0 || block.start > block.end) return false;
    if (cumulative + block.start <= last || cumulative + block.end > highest_sent()) return false;
    last = cumulative + block.end;
  }
  return true;
}

// One TSN is acknowledged that was not before.
void OutstandingData::Acknowledge(int64_t tsn, Result& result, SimTime now) {
  OutstandingChunk& chunk = at(tsn);
  // RFC 3758 section 3.5, A2: what was abandoned counts as acknowledged for good.
  if (chunk.state == State::kGapAcked || chunk.state == State::kAbandoned) return;
  PathAcked& path = result.paths[chunk.path];
  if (chunk.state == State::kInFlight && path.first == tsn) path.first_outstanding = true;
  path.bytes += ChunkSize(chunk);
  result.has_news = true;
  htna_ = std::max(htna_, tsn);
  // Rule C5 of section 6.3.1: nothing up to this TSN was resent since it was sent.
  if (chunk.transmissions == 1 && tsn > last_retransmitted_) path.rtt = now - chunk.sent;
  Take(chunk, State::kGapAcked);
}

int64_t OutstandingData::NextUnreported(int64_t tsn) const {
  if (at(tsn).state != State::kGapAcked) return tsn + 1;
  const auto range = std::lower_bound(gap_acked_.begin(), gap_acked_.end(), tsn,
                                      [](const Range& r, int64_t value) { return r.last < value; });
  return range != gap_acked_.end() && range->first <= tsn ? range->last + 1 : tsn + 1;
}

void OutstandingData::FindFirsts(Result& result) const {
  size_t missing = 0;
  for (const int64_t flight : flights_) missing += flight > 0 ? 1 : 0;
  for (int64_t tsn = cumulative_ack_ + 1; missing > 0 && tsn <= highest_sent();
       tsn = NextUnreported(tsn)) {
    const OutstandingChunk& chunk = at(tsn);
    if (chunk.state != State::kInFlight || result.paths[chunk.path].first != 0) continue;
    result.paths[chunk.path].first = tsn;
    --missing;
  }
}

OutstandingData::Result OutstandingData::OnSack(int64_t cumulative,
                                                std::span<const SackChunk::GapAckBlock> blocks,
                                                bool in_fast_recovery, size_t paths, SimTime now) {
  Result result;
  result.paths.resize(std::max(paths, flights_.size()));
  htna_ = cumulative_ack_;
  FindFirsts(result);

  // The cumulative part.
  const int64_t old_cumulative = cumulative_ack_;
  for (int64_t tsn = cumulative_ack_ + 1; tsn <= cumulative; ++tsn) Acknowledge(tsn, result, now);
  while (cumulative_ack_ < cumulative) {
    unacked_bytes_ -= static_cast<int64_t>(chunks_.front().fragment.data.size());
    chunks_.pop_front();
    ++cumulative_ack_;
  }
  result.advances = cumulative > old_cumulative;

  // The gap blocks: only what they say that the last SACK did not, and the reverse.
  absl::InlinedVector<Range, 4> reported;
  for (const SackChunk::GapAckBlock& block : blocks) {
    reported.push_back({cumulative + block.start, cumulative + block.end});
  }
  size_t known = 0;
  for (const Range& range : reported) {
    int64_t tsn = range.first;
    while (tsn <= range.last) {
      while (known < gap_acked_.size() && gap_acked_[known].last < tsn) ++known;
      if (known < gap_acked_.size() && gap_acked_[known].first <= tsn) {
        tsn = gap_acked_[known].last + 1;
        continue;
      }
      Acknowledge(tsn, result, now);
      ++tsn;
    }
  }
  // Section 6.2.1, D iii: what was acknowledged and is no more.
  size_t still = 0;
  for (const Range& range : gap_acked_) {
    for (int64_t tsn = std::max(range.first, cumulative_ack_ + 1); tsn <= range.last;) {
      while (still < reported.size() && reported[still].last < tsn) ++still;
      if (still < reported.size() && reported[still].first <= tsn) {
        tsn = reported[still].last + 1;
        continue;
      }
      OutstandingChunk& chunk = at(tsn);
      if (chunk.state == State::kGapAcked) {
        Take(chunk, State::kInFlight);
        next_expiry_ = SimTime();  // its lifetime may be over
        chunk.misses = std::max<uint8_t>(chunk.misses, 1);
        result.reneged.push_back(chunk.path);
      }
      ++tsn;
    }
  }
  gap_acked_.assign(reported.begin(), reported.end());

  // Section 7.2.4: miss indications, by the highest TSN newly acknowledged; in fast recovery, when
  // the cumulative ack advances, for all that is reported missing.
  if (!gap_acked_.empty() && result.has_news) {
    const int64_t limit = in_fast_recovery && result.advances ? gap_acked_.back().last : htna_;
    int64_t hole = cumulative_ack_ + 1;
    for (const Range& range : gap_acked_) {
      for (int64_t tsn = hole; tsn < range.first && tsn < limit; ++tsn) {
        OutstandingChunk& chunk = at(tsn);
        if (chunk.state != State::kInFlight || chunk.was_fast_retransmitted) continue;
        if (++chunk.misses < kMissesForFastRetransmit) continue;
        chunk.was_fast_retransmitted = true;
        result.newly_missing.push_back(chunk.path);
        Take(chunk, State::kToRetransmit);
      }
      hole = range.last + 1;
      if (hole >= limit) break;
    }
  }
  return result;
}

size_t OutstandingData::MarkTimedOut(uint8_t path) {
  size_t count = 0;
  for (size_t i = 0; i < chunks_.size(); ++i) {
    OutstandingChunk& chunk = chunks_[i];
    if (chunk.path != path || chunk.state != State::kInFlight) continue;
    chunk.timed_out = true;
    chunk.misses = 0;
    chunk.was_fast_retransmitted = false;
    Take(chunk, State::kToRetransmit);
    ++count;
  }
  return count;
}

std::optional<int64_t> OutstandingData::NextToRetransmit(int64_t from) const {
  if (marked_ == 0) return std::nullopt;
  for (int64_t tsn = std::max(from, cumulative_ack_ + 1); tsn <= highest_sent();
       tsn = NextUnreported(tsn)) {
    if (at(tsn).state == State::kToRetransmit) return tsn;
  }
  return std::nullopt;
}

void OutstandingData::OnRetransmitted(int64_t tsn, uint8_t path, SimTime now) {
  OutstandingChunk& chunk = at(tsn);
  TW_DCHECK(chunk.state == State::kToRetransmit);
  if (flights_.size() <= path) flights_.resize(size_t{path} + 1);
  chunk.path = path;  // not counted while marked
  chunk.sent = now;
  chunk.timed_out = false;
  ++chunk.transmissions;
  last_retransmitted_ = std::max(last_retransmitted_, highest_sent());
  Take(chunk, State::kInFlight);
}

uint64_t OutstandingData::Abandon(int64_t tsn) {
  const uint64_t message = at(tsn).fragment.message_id;
  const auto abandon = [&](int64_t which) {
    OutstandingChunk& chunk = at(which);
    if (chunk.fragment.message_id != message) return;
    Take(chunk, State::kAbandoned);  // A3: all of them, what was reported by a gap block too
  };
  // Its chunks lie around it: with others between them (I-DATA), or next to each other.
  if (chunk_header_ != kDataHeader) {
    for (int64_t which = cumulative_ack_ + 1; which <= highest_sent(); ++which) abandon(which);
    return message;
  }
  const auto belongs = [&](int64_t which) { return at(which).fragment.message_id == message; };
  int64_t first = tsn;
  while (first > cumulative_ack_ + 1 && belongs(first - 1)) --first;
  for (int64_t which = first; which <= highest_sent() && belongs(which); ++which) abandon(which);
  return message;
}

std::vector<int64_t> OutstandingData::TakeExpired(SimTime now) {
  std::vector<int64_t> expired;
  if (now < next_expiry_ && marked_ == 0) return expired;
  next_expiry_ = SimTime::Infinite();
  for (int64_t tsn = cumulative_ack_ + 1; tsn <= highest_sent(); ++tsn) {
    const OutstandingChunk& chunk = at(tsn);
    if (chunk.state == State::kGapAcked || chunk.state == State::kAbandoned) continue;
    const Reliability& reliability = chunk.fragment.reliability;
    const bool is_timed = reliability.policy == Reliability::Policy::kTimed;
    const bool is_late = is_timed && chunk.fragment.expires <= now;
    if (is_timed && !is_late) next_expiry_ = std::min(next_expiry_, chunk.fragment.expires);
    const bool too_often = reliability.policy == Reliability::Policy::kRetransmissions &&
                           chunk.state == State::kToRetransmit &&
                           chunk.transmissions > reliability.retransmissions;
    if (is_late || too_often) expired.push_back(tsn);
  }
  return expired;
}

int64_t OutstandingData::AdvancedPeerAckPoint() const {
  int64_t point = cumulative_ack_;
  while (point < highest_sent() && at(point + 1).state == State::kAbandoned) ++point;
  return point;
}

std::vector<OutstandingData::SkippedStream> OutstandingData::Skipped(int64_t& up_to, size_t most,
                                                                     bool with_unordered) const {
  std::vector<SkippedStream> skipped;
  absl::flat_hash_map<uint32_t, size_t> places;  // looked up, never iterated
  for (int64_t tsn = cumulative_ack_ + 1; tsn <= up_to; ++tsn) {
    const OutgoingFragment& fragment = at(tsn).fragment;
    if (fragment.unordered && !with_unordered) continue;
    const uint32_t key = uint32_t{fragment.stream.value} << 1 | (fragment.unordered ? 1 : 0);
    const auto [place, is_new] = places.try_emplace(key, skipped.size());
    if (!is_new) {
      skipped[place->second].number = fragment.number;  // later in the sequence: larger
    } else if (skipped.size() < most) {
      skipped.push_back({fragment.stream, fragment.unordered, fragment.number});
    } else {
      up_to = tsn - 1;
    }
  }
  return skipped;
}

void OutstandingData::ForgetAll(int64_t next) {
  while (!chunks_.empty()) chunks_.pop_front();
  gap_acked_.clear();
  std::fill(flights_.begin(), flights_.end(), 0);
  total_flight_ = data_in_flight_ = unacked_bytes_ = 0;
  marked_ = 0;
  cumulative_ack_ = next - 1;
  last_retransmitted_ = -1;
}

void OutstandingData::ReleaseMemory() {
  TW_DCHECK(empty());
  chunks_ = {};
  gap_acked_ = std::vector<Range>();
}

std::optional<int64_t> OutstandingData::FirstInFlight(uint8_t path) const {
  if (flight(path) == 0) return std::nullopt;
  for (int64_t tsn = cumulative_ack_ + 1; tsn <= highest_sent(); tsn = NextUnreported(tsn)) {
    const OutstandingChunk& chunk = at(tsn);
    if (chunk.path == path && chunk.state == State::kInFlight) return tsn;
  }
  return std::nullopt;
}

bool OutstandingData::IsConsistent() const {
  absl::InlinedVector<int64_t, 1> flights(flights_.size());
  int64_t data = 0;
  int64_t unacked = 0;
  size_t marked = 0;
  for (int64_t tsn = cumulative_ack_ + 1; tsn <= highest_sent(); ++tsn) {
    const OutstandingChunk& chunk = at(tsn);
    unacked += static_cast<int64_t>(chunk.fragment.data.size());
    if (chunk.state == State::kToRetransmit) ++marked;
    if (chunk.state != State::kInFlight) continue;
    flights[chunk.path] += ChunkSize(chunk);
    data += static_cast<int64_t>(chunk.fragment.data.size());
  }
  int64_t total = 0;
  for (const int64_t flight : flights) total += flight;
  return flights == flights_ && total == total_flight_ && data == data_in_flight_ &&
         unacked == unacked_bytes_ && marked == marked_;
}

}  // namespace tickwire::sctp
