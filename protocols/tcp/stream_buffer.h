// StreamBuffer: a stretch of a byte stream in memory, addressed by position: appended at its end,
// released at its front. What a connection has to send, or has received and not delivered.
//
// Runs of zero bytes are counted, not stored.
#ifndef TICKWIRE_PROTOCOLS_TCP_STREAM_BUFFER_H_
#define TICKWIRE_PROTOCOLS_TCP_STREAM_BUFFER_H_

#include <cstdint>
#include <span>
#include <string>

#include "protocols/tcp/seq_range.h"
#include "sim_core/base/ring_buffer.h"

namespace tickwire::tcp {

class StreamBuffer {
 public:
  explicit StreamBuffer(int64_t first) : begin_(first), end_(first) {}

  int64_t begin() const { return begin_; }
  int64_t end() const { return end_; }
  int64_t size() const { return end_ - begin_; }

  void Append(std::span<const uint8_t> bytes, uint64_t zeros);
  // Forgets what lies before `position`. REQUIRES: begin() <= position <= end().
  void Release(int64_t position);
  // How many bytes of `range`, from its beginning, have to be stored: all but a run of zeros that
  // reaches its end. REQUIRES: range within [begin(), end()).
  int64_t StoredPart(SeqRange range) const;
  // Writes the first out.size() bytes of the buffer from `position` on.
  void Copy(int64_t position, std::span<uint8_t> out) const;
  // Stored bytes and the zeros after them.
  struct Piece {
    std::span<const uint8_t> bytes;
    uint64_t zeros = 0;
    int64_t size() const { return static_cast<int64_t>(bytes.size() + zeros); }
  };
  // The first bytes in one piece, at most `limit`. Valid until the buffer changes.
  Piece Front(int64_t limit) const;

 private:
  struct Chunk {  // `bytes`, then zeros up to `end`
    int64_t begin = 0;
    int64_t end = 0;
    std::string bytes;
    int64_t stored_end() const { return begin + static_cast<int64_t>(bytes.size()); }
  };
  // The chunk that holds `position`. REQUIRES: it is within the buffer.
  size_t Find(int64_t position) const;
  const Chunk& at(size_t index) const { return const_cast<RingBuffer<Chunk>&>(chunks_)[index]; }

  int64_t begin_;
  int64_t end_;
  RingBuffer<Chunk> chunks_;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_STREAM_BUFFER_H_
