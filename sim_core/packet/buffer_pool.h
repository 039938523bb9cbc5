// BufferPool: recycled byte buffers for packets. One per partition, not shared between threads.
//
// Sizes come in a few classes; a freed buffer waits in its class's list for the next packet, so a
// run in steady state allocates nothing. Buffers may go back to another pool than they came from.
#ifndef TICKWIRE_SIM_CORE_PACKET_BUFFER_POOL_H_
#define TICKWIRE_SIM_CORE_PACKET_BUFFER_POOL_H_

#include <array>
#include <cstddef>
#include <cstdint>

namespace tickwire {

class BufferPool {
 public:
  struct Buffer {
    union {
      BufferPool* home;  // while in use: where it goes when freed
      Buffer* next;      // while free
    };
    uint32_t size_class;
    uint32_t capacity;
    uint8_t* bytes() { return reinterpret_cast<uint8_t*>(this + 1); }
  };

  BufferPool() = default;
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;
  ~BufferPool();  // REQUIRES: no buffer whose home this is lives on

  // Contents are undefined. REQUIRES: size <= kLargest.
  Buffer* Allocate(size_t size);
  static void Free(Buffer* buffer);
  // Makes this the pool that `buffer` returns to.
  void Adopt(Buffer* buffer);
  size_t in_use() const { return in_use_; }

  static constexpr size_t kLargest = (1 << 17);

 private:
  static constexpr std::array<uint32_t, 5> kSizes = {256, 2048, 10240, 1 << 16, 1 << 17};
  std::array<Buffer*, kSizes.size()> free_{};
  size_t in_use_ = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_PACKET_BUFFER_POOL_H_
