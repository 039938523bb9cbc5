// StreamScheduler: of the streams that have something to give, the one whose turn it is (RFC 8260
// section 3).
//
// Every stream that is ready has a rank, and the lowest rank goes first: the oldest message, a
// priority, a virtual time, or the same for all. Among equal ranks either the lowest stream goes
// first, or they take turns. Work is logarithmic in the streams that are ready.
#ifndef TICKWIRE_PROTOCOLS_SCTP_TX_STREAM_SCHEDULER_H_
#define TICKWIRE_PROTOCOLS_SCTP_TX_STREAM_SCHEDULER_H_

#include <cstdint>
#include <utility>

#include "absl/container/btree_set.h"

namespace tickwire::sctp {

class StreamScheduler {
 public:
  // REQUIRES: the stream is not ready.
  void Add(uint16_t stream, int64_t rank) { ready_.emplace(rank, stream); }
  // REQUIRES: it is, with this rank.
  void Remove(uint16_t stream, int64_t rank) { ready_.erase({rank, stream}); }
  // The same as both, and allocates nothing.
  void Move(uint16_t stream, int64_t from, int64_t to) {
    ready_.emplace(to, stream);
    ready_.erase({from, stream});
  }
  void Clear() { ready_.clear(); }

  // -1: none is ready. `last`: who had the last turn, if they take turns; -1: nobody.
  int Next(bool take_turns, int last) const {
    if (ready_.empty()) return -1;
    const auto first = ready_.begin();
    if (!take_turns || last < 0 || last >= 0xffff) return first->second;
    const auto after = ready_.lower_bound({first->first, static_cast<uint16_t>(last + 1)});
    return after == ready_.end() || after->first != first->first ? first->second : after->second;
  }

 private:
  absl::btree_set<std::pair<int64_t, uint16_t>> ready_;  // by rank and stream
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_TX_STREAM_SCHEDULER_H_
