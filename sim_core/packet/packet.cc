#include "sim_core/packet/packet.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>
#include <utility>

#include "sim_core/base/check.h"

namespace tickwire {

Packet Packet::Allocate(BufferPool& pool, size_t headroom, size_t size) {
  Packet packet;
  packet.buffer_ = pool.Allocate(headroom + size);
  packet.begin_ = static_cast<uint32_t>(headroom);
  packet.size_ = static_cast<uint32_t>(size);
  return packet;
}

Packet::Packet(Packet&& other) noexcept
    : buffer_(std::exchange(other.buffer_, nullptr)),
      begin_(other.begin_),
      size_(std::exchange(other.size_, 0)),
      virtual_tail_(std::exchange(other.virtual_tail_, 0)),
      hash_known_(other.hash_known_),
      hash_(other.hash_),
      spoiled_(other.spoiled_),
      record_(other.record_) {}

Packet& Packet::operator=(Packet&& other) noexcept {
  if (this == &other) return *this;
  Reset();
  buffer_ = std::exchange(other.buffer_, nullptr);
  begin_ = other.begin_;
  size_ = std::exchange(other.size_, 0);
  virtual_tail_ = std::exchange(other.virtual_tail_, 0);
  hash_known_ = other.hash_known_;
  hash_ = other.hash_;
  spoiled_ = other.spoiled_;
  record_ = other.record_;
  return *this;
}

Packet Packet::Clone() const {
  Packet copy;
  if (buffer_ == nullptr) return copy;
  copy = Allocate(*buffer_->home, begin_, size_);
  std::memcpy(copy.data(), data(), size_);
  copy.virtual_tail_ = virtual_tail_;
  copy.hash_known_ = hash_known_;
  copy.hash_ = hash_;
  copy.spoiled_ = spoiled_;
  copy.record_ = record_;
  return copy;
}

std::span<uint8_t> Packet::Prepend(size_t n) {
  TW_CHECK(headroom() >= n);
  hash_known_ = false;
  begin_ -= static_cast<uint32_t>(n);
  size_ += static_cast<uint32_t>(n);
  return {data(), n};
}

void Packet::TrimFront(size_t n) {
  TW_CHECK(n <= size_);
  hash_known_ = false;
  begin_ += static_cast<uint32_t>(n);
  size_ -= static_cast<uint32_t>(n);
}

void Packet::Truncate(size_t size) {
  TW_CHECK(size <= wire_size());
  hash_known_ = false;
  if (size <= size_) {
    size_ = static_cast<uint32_t>(size);
    virtual_tail_ = 0;
  } else {
    virtual_tail_ = static_cast<uint32_t>(size) - size_;
  }
}

std::span<uint8_t> Packet::mutable_bytes() {
  hash_known_ = false;
  return {data(), size_};
}

void Packet::set_virtual_tail(uint32_t zeros) {
  hash_known_ = false;
  virtual_tail_ = zeros;
}

uint64_t Packet::Hash() const {
  if (!hash_known_) {
    hash_ = XXH3_64bits_withSeed(data(), size_, virtual_tail_);
    hash_known_ = true;
  }
  return hash_;
}

void Packet::Rehome(BufferPool& pool) {
  if (buffer_ != nullptr) pool.Adopt(buffer_);
}

void Packet::Reset() {
  if (buffer_ != nullptr) BufferPool::Free(buffer_);
  buffer_ = nullptr;
}

}  // namespace tickwire
