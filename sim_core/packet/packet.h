// Packet: the bytes of one packet, in a pooled buffer with headroom for the headers below.
//
// Move-only; Clone() copies on purpose. `virtual_tail` zero bytes follow the stored ones: counted
// in size and rate, not stored (bulk payload is zeros by definition, so checksums stay right and a
// capture can write them out). Carries, beside its bytes, the trace record that put it on a link.
#ifndef TICKWIRE_SIM_CORE_PACKET_PACKET_H_
#define TICKWIRE_SIM_CORE_PACKET_PACKET_H_

#include <cstddef>
#include <cstdint>
#include <span>

#include "sim_core/base/record_ref.h"
#include "sim_core/packet/buffer_pool.h"

namespace tickwire {

struct TraceLabel;

class Packet {
 public:
  // Enough for an IPv6 and a TCP header with options.
  static constexpr size_t kHeadroom = 128;

  Packet() = default;  // empty: only for moving into
  // `size` undefined bytes after `headroom` that Prepend() may take. REQUIRES: together at most
  // BufferPool::kLargest.
  static Packet Allocate(BufferPool& pool, size_t headroom, size_t size);
  Packet(Packet&& other) noexcept;
  Packet& operator=(Packet&& other) noexcept;
  ~Packet() { Reset(); }

  // Same bytes and marks, from the same pool.
  Packet Clone() const;

  // Grows by n bytes in front and returns them. REQUIRES: headroom() >= n.
  std::span<uint8_t> Prepend(size_t n);
  // REQUIRES: n <= bytes().size().
  void TrimFront(size_t n);
  // Cuts wire_size() down to `size`. REQUIRES: size <= wire_size().
  void Truncate(size_t size);
  size_t headroom() const { return begin_; }

  std::span<const uint8_t> bytes() const { return {data(), size_}; }
  std::span<uint8_t> mutable_bytes();
  uint32_t virtual_tail() const { return virtual_tail_; }
  void set_virtual_tail(uint32_t zeros);
  size_t wire_size() const { return size_ + virtual_tail_; }

  // StableHash64 of the bytes with the tail's length, computed when first asked for.
  uint64_t Hash() const;

  // The latest record about it: kPacketQueued while it waits, kPacketSent on the link and after.
  RecordRef record() const { return record_; }
  void set_record(RecordRef record) { record_ = record; }
  // Set when a scenario spoiled the bytes on purpose; stays with it over further hops.
  const TraceLabel* spoiled() const { return spoiled_; }
  void set_spoiled(const TraceLabel* how) { spoiled_ = how; }

  // Makes `pool` the one that the bytes return to: at the edge between partitions.
  void Rehome(BufferPool& pool);

 private:
  uint8_t* data() const { return buffer_ == nullptr ? nullptr : buffer_->bytes() + begin_; }
  void Reset();

  BufferPool::Buffer* buffer_ = nullptr;
  uint32_t begin_ = 0;
  uint32_t size_ = 0;
  uint32_t virtual_tail_ = 0;
  mutable bool hash_known_ = false;
  mutable uint64_t hash_ = 0;
  const TraceLabel* spoiled_ = nullptr;
  RecordRef record_;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_PACKET_PACKET_H_
