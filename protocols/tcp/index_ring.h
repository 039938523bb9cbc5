// IndexRing<T>: a queue whose elements keep their number: the first ever pushed is 0, the next 1.
//
// One block of memory that grows by doubling; nothing is allocated before the first push. Inserting
// moves the shorter side, so it is cheap near either end; it renumbers the elements behind. For
// trivially copyable T. References are invalidated by every insertion.
#ifndef TICKWIRE_PROTOCOLS_TCP_INDEX_RING_H_
#define TICKWIRE_PROTOCOLS_TCP_INDEX_RING_H_

#include <cstddef>
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

  bool empty() const { return size_ == 0; }
  Index first() const { return first_; }
  Index end() const { return first_ + size_; }  // one behind the last
  uint64_t size() const { return size_; }

  // REQUIRES: first() <= index < end().
  T& operator[](Index index) {
    TW_DCHECK(first_ <= index && index < end());
    return slots_[Slot(index)];
  }
  const T& operator[](Index index) const {
    TW_DCHECK(first_ <= index && index < end());
    return slots_[Slot(index)];
  }

  void PushBack(const T& value) {
    if (size_ == capacity_) Grow();
    ++size_;
    slots_[Slot(end() - 1)] = value;
  }
  // REQUIRES: !empty().
  void PopFront() {
    TW_DCHECK(!empty());
    ++first_;
    --size_;
  }
  // `value` becomes element `index`; those from there on are renumbered by one more.
  // REQUIRES: first() <= index <= end().
  void Insert(Index index, const T& value) {
    TW_DCHECK(first_ <= index && index <= end());
    if (size_ == capacity_) Grow();
    ++size_;
    if (index - first_ < end() - 1 - index) {
      // All slots before `index` move one down; those behind stay, which renumbers them.
      --shift_;
      for (Index i = first_; i < index; ++i) slots_[Slot(i)] = slots_[Slot(i + 1)];
    } else {
      for (Index i = end() - 1; i > index; --i) slots_[Slot(i)] = slots_[Slot(i - 1)];
    }
    slots_[Slot(index)] = value;
  }
  // Gives back a block of the least size. REQUIRES: empty().
  void ReleaseIfSmall() {
    TW_DCHECK(empty());
    if (capacity_ != kLeast) return;
    slots_.reset();
    capacity_ = 0;
  }

 private:
  static constexpr uint32_t kLeast = 2;
  size_t Slot(Index index) const { return (index + shift_) & (capacity_ - 1); }
  void Grow() {
    const uint32_t bigger = capacity_ == 0 ? kLeast : capacity_ * 2;
    auto slots = std::make_unique<T[]>(bigger);
    for (Index i = first_; i < end(); ++i) slots[i & (bigger - 1)] = slots_[Slot(i)];
    slots_ = std::move(slots);
    capacity_ = bigger;
    shift_ = 0;
  }

  std::unique_ptr<T[]> slots_;
  Index first_ = 0;
  uint32_t size_ = 0;
  uint32_t shift_ = 0;     // element i lies at slot (i + shift_) modulo capacity_
  uint32_t capacity_ = 0;  // 0 or a power of two
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_INDEX_RING_H_
