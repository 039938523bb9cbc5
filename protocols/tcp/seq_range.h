// SeqRange: a half-open range of one direction's sequence space, unwrapped to 64 bits.
//
// Position 0 is the SYN, 1 the first byte of data, and the FIN takes the position after the last
// byte. On the wire: initial sequence number + position, modulo 2^32 (RFC 9293 section 3.4).
#ifndef TICKWIRE_PROTOCOLS_TCP_SEQ_RANGE_H_
#define TICKWIRE_PROTOCOLS_TCP_SEQ_RANGE_H_

#include <cstdint>

namespace tickwire::tcp {

struct SeqRange {
  int64_t begin = 0;
  int64_t end = 0;
  int64_t size() const { return end - begin; }
  bool is_empty() const { return begin >= end; }
  bool operator==(const SeqRange&) const = default;
};

// The position nearest to `reference` whose wire form is `wire`, with `initial` that of position 0.
inline int64_t Unwrap(uint32_t wire, uint32_t initial, int64_t reference) {
  const uint32_t at_reference = initial + static_cast<uint32_t>(reference);
  return reference + static_cast<int32_t>(wire - at_reference);
}
inline uint32_t Wrap(int64_t position, uint32_t initial) {
  return initial + static_cast<uint32_t>(position);
}

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_SEQ_RANGE_H_
