// IndexRing<T>: a queue whose elements keep their number: the first ever pushed is 0, the next 1.
//
// One block of memory that grows by doubling and never shrinks; nothing is allocated before the
// first push. Inserting moves the shorter side, so it is cheap near either end; it renumbers the
// elements behind. For trivially copyable T. References are invalidated by every insertion.
#ifndef TICKWIRE_PROTOCOLS_TCP_INDEX_RING_H_
#define TICKWIRE_PROTOCOLS_TCP_INDEX_RING_H_

#include <cstdint>
#include <memory>
#include <type_traits>

#include "sim_core/base/check.h"

namespace tickwire::tcp {

template <class T>
class IndexRing {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  using Index = uint64_t;

  bool empty() const { return first_ == end_; }
  Index first() const { return first_; }
  Index end() const { return end_; }  // one behind the last
  uint64_t size() const { return end_ - first_; }

  // REQUIRES: first() <= index < end().
  T& operator[](Index index) {
    TW_DCHECK(first_ <= index && index < end_);
    return slots_[(index + shift_) & mask_];
  }
  const T& operator[](Index index) const {
    TW_DCHECK(first_ <= index && index < end_);
    return slots_[(index + shift_) & mask_];
  }

  void PushBack(const T& value) {
    if (size() == capacity_) Grow();
    slots_[(end_ + shift_) & mask_] = value;
    ++end_;
  }
  // REQUIRES: !empty().
  void PopFront() {
    TW_DCHECK(!empty());
    ++first_;
  }
  // `value` becomes element `index`; those from there on are renumbered by one more.
  // REQUIRES: first() <= index <= end().
  void Insert(Index index, const T& value) {
    TW_DCHECK(first_ <= index && index <= end_);
    if (size() == capacity_) Grow();
    if (index - first_ < end_ - index) {
      // All slots before `index` move one down; numbers stay as they would be had the others moved.
      --shift_;
      ++end_;
      for (Index i = first_; i < index; ++i) (*this)[i] = slots_[(i + 1 + shift_) & mask_];
    } else {
      ++end_;
      for (Index i = end_ - 1; i > index; --i) (*this)[i] = (*this)[i - 1];
    }
    (*this)[index] = value;
  }
  uint64_t allocated_bytes() const { return uint64_t{capacity_} * sizeof(T); }

 private:
  void Grow() {
    const uint32_t bigger = capacity_ == 0 ? 4 : capacity_ * 2;
    auto slots = std::make_unique<T[]>(bigger);
    for (Index i = first_; i < end_; ++i) slots[i & (bigger - 1)] = (*this)[i];
    slots_ = std::move(slots);
    capacity_ = bigger;
    mask_ = bigger - 1;
    shift_ = 0;
  }

  std::unique_ptr<T[]> slots_;
  Index first_ = 0;
  Index end_ = 0;
  uint64_t shift_ = 0;  // element i lies at slot (i + shift_) modulo capacity_
  uint64_t mask_ = 0;
  uint32_t capacity_ = 0;  // 0 or a power of two
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_INDEX_RING_H_
