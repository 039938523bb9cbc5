// SackGenerator: what a receiver says in SACK options (RFC 2018 section 4, RFC 2883 section 4).
//
// Knows which ranges beyond the cumulative acknowledgment have arrived, and in which order they
// were last touched: the first block is the one with the newest segment, the others follow by how
// recently they were reported.
#ifndef TICKWIRE_PROTOCOLS_TCP_SACK_GENERATOR_H_
#define TICKWIRE_PROTOCOLS_TCP_SACK_GENERATOR_H_

#include <cstdint>
#include <optional>

#include "absl/container/btree_map.h"
#include "absl/container/inlined_vector.h"
#include "protocols/tcp/seq_range.h"

namespace tickwire::tcp {

class SackGenerator {
 public:
  static constexpr size_t kMaxBlocks = 4;

  // A segment beyond the cumulative acknowledgment arrived.
  void OnOutOfOrder(SeqRange segment);
  // The same data came once more: reported once, in the next ACK, before all else.
  void OnDuplicate(SeqRange range) { duplicate_ = range; }
  // Everything before `position` is acknowledged now.
  void OnAdvance(int64_t position);
  // The receiver threw all of it away.
  void Clear();

  bool has_any() const { return duplicate_.has_value() || !ranges_.empty(); }
  // The ranges in order of position; begin -> end.
  const absl::btree_map<int64_t, int64_t>& ranges() const { return ranges_; }
  // Whether all of it has arrived before.
  bool Contains(SeqRange range) const;
  // Bytes beyond the cumulative acknowledgment.
  int64_t bytes() const { return bytes_; }
  // The blocks for the next ACK, at most `limit`.
  absl::InlinedVector<SeqRange, kMaxBlocks> Blocks(size_t limit) const;
  // A D-SACK is sent once.
  void ForgetDuplicate() { duplicate_.reset(); }

 private:
  absl::btree_map<int64_t, int64_t> ranges_;  // disjoint and not touching
  absl::InlinedVector<int64_t, 2> recent_;    // begins of ranges, newest first; few
  std::optional<SeqRange> duplicate_;
  int64_t bytes_ = 0;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_SACK_GENERATOR_H_
