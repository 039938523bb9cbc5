// DataTracker: which TSNs have arrived, and when to say so (RFC 9260 sections 6.2 and 6.7).
//
// TSNs are unwrapped here. Does not own the SACK timer: should_delay() and should_send_now() tell
// the association what to do with it.
#ifndef TICKWIRE_PROTOCOLS_SCTP_RX_DATA_TRACKER_H_
#define TICKWIRE_PROTOCOLS_SCTP_RX_DATA_TRACKER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/btree_map.h"
#include "protocols/sctp/packet/chunk/sack_chunk.h"

namespace tickwire::sctp {

class DataTracker {
 public:
  // `initial`: the first TSN that the peer will use. `sack_every`: packets with data.
  DataTracker(int64_t initial, uint32_t sack_every)
      : cumulative_(initial - 1), largest_(initial - 1), sack_every_(sack_every) {}

  void set_sack_every(uint32_t packets) { sack_every_ = packets; }
  // Whether `tsn` would be new.
  bool IsNew(int64_t tsn) const;
  // REQUIRES: IsNew(tsn).
  void Observe(int64_t tsn);
  // A DATA chunk came whose TSN had been seen.
  void ObserveDuplicate(int64_t tsn);
  // The packet that held DATA is over. `immediately`: an I bit, or the chunk was dropped.
  void OnPacketEnd(bool immediately);
  // FORWARD-TSN: everything up to `tsn` counts as received.
  void ForwardTo(int64_t tsn);

  // What the association asks after each packet.
  bool should_send_now() const { return state_ == State::kNow; }
  bool should_delay() const { return state_ == State::kDelayed; }
  bool has_unacknowledged() const { return state_ != State::kIdle; }
  // The SACK timer expired.
  void OnSackTimer() { state_ = State::kNow; }
  // A SACK with at most `max_blocks` gap blocks and duplicates; everything is acknowledged then.
  SackChunk MakeSack(uint32_t a_rwnd, size_t max_blocks);

  int64_t cumulative() const { return cumulative_; }
  int64_t largest() const { return largest_; }
  bool has_gaps() const { return !gaps_.empty(); }
  size_t gap_count() const { return gaps_.size(); }
  bool has_duplicates() const { return !duplicates_.empty(); }
  // Ranges [first, last] beyond cumulative().
  const absl::btree_map<int64_t, int64_t>& ranges() const { return gaps_; }

 private:
  enum class State { kIdle, kDelayed, kNow };
  void AdvanceOverRanges();

  int64_t cumulative_;
  int64_t largest_;
  uint32_t sack_every_;
  absl::btree_map<int64_t, int64_t> gaps_;  // [first, last] beyond the cumulative TSN
  std::vector<int64_t> duplicates_;
  uint32_t packets_ = 0;  // with data, since the last SACK
  bool saw_gap_ = false;  // in this packet
  bool saw_new_ = false;
  bool saw_duplicate_ = false;
  State state_ = State::kIdle;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_RX_DATA_TRACKER_H_
