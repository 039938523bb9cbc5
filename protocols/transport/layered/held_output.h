// HeldOutput: what a layer wants sent and the channel below has no room for yet.
//
// Units (records, frames) go down in the order in which they came: run together into as few calls
// as possible where the channel is a byte stream, one message each where it preserves messages.
#ifndef TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_HELD_OUTPUT_H_
#define TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_HELD_OUTPUT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "protocols/transport/channel.h"
#include "sim_core/base/ring_buffer.h"

namespace tickwire {

class HeldOutput {
 public:
  void Add(std::span<const uint8_t> unit);
  // Gives `below` what it takes. True: nothing is held any more.
  bool Flush(Channel& below);
  void Clear();

  bool empty() const { return begin_ == bytes_.size(); }
  uint64_t octets() const { return bytes_.size() - begin_; }
  uint64_t units() const { return sizes_.size(); }

 private:
  std::vector<uint8_t> bytes_;
  size_t begin_ = 0;
  RingBuffer<uint32_t> sizes_;  // of the units that have not left whole
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_TRANSPORT_LAYERED_HELD_OUTPUT_H_
