// ReassemblyQueue: data that came before its turn (RFC 9293 section 3.10.7.4, SHLD-31).
//
// Bounded by the receive window, within which the caller keeps it. Runs of zeros are counted, not
// stored, and joined.
#ifndef TICKWIRE_PROTOCOLS_TCP_REASSEMBLY_QUEUE_H_
#define TICKWIRE_PROTOCOLS_TCP_REASSEMBLY_QUEUE_H_

#include <cstdint>
#include <span>
#include <string>

#include "absl/container/btree_map.h"
#include "protocols/tcp/stream_buffer.h"

namespace tickwire::tcp {

class ReassemblyQueue {
 public:
  // Keeps what is not there yet of `bytes` and then `zeros` zeros, which begin at `begin`.
  void Insert(int64_t begin, std::span<const uint8_t> bytes, uint64_t zeros);
  // Moves what follows `buffer` without a gap to its end; forgets what lies before.
  void MoveTo(StreamBuffer& buffer);
  void Clear() { pieces_.clear(); }
  bool empty() const { return pieces_.empty(); }

 private:
  struct Piece {
    int64_t end = 0;
    std::string bytes;  // then zeros up to `end`
  };
  void InsertGap(int64_t begin, std::span<const uint8_t> bytes, uint64_t zeros);

  absl::btree_map<int64_t, Piece> pieces_;  // by begin; disjoint
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_REASSEMBLY_QUEUE_H_
