#include "sim_core/packet/buffer_pool.h"

#include <cstdlib>

#include "sim_core/base/check.h"

namespace tickwire {

BufferPool::~BufferPool() {
  TW_CHECK(in_use_ == 0);
  for (Buffer* buffer : free_) {
    while (buffer != nullptr) {
      Buffer* next = buffer->next;
      std::free(buffer);
      buffer = next;
    }
  }
}

BufferPool::Buffer* BufferPool::Allocate(size_t size) {
  uint32_t size_class = 0;
  while (kSizes[size_class] < size) {
    ++size_class;
    TW_CHECK(size_class < kSizes.size());
  }
  ++in_use_;
  Buffer* buffer = free_[size_class];
  if (buffer != nullptr) {
    free_[size_class] = buffer->next;
  } else {
    buffer = static_cast<Buffer*>(std::malloc(sizeof(Buffer) + kSizes[size_class]));
    TW_CHECK(buffer != nullptr);
    buffer->size_class = size_class;
    buffer->capacity = kSizes[size_class];
  }
  buffer->home = this;
  return buffer;
}

void BufferPool::Free(Buffer* buffer) {
  BufferPool& pool = *buffer->home;
  --pool.in_use_;
  buffer->next = pool.free_[buffer->size_class];
  pool.free_[buffer->size_class] = buffer;
}

void BufferPool::Adopt(Buffer* buffer) {
  --buffer->home->in_use_;
  ++in_use_;
  buffer->home = this;
}

}  // namespace tickwire
