// RingBuffer<T>: a double-ended queue in one block of memory that only ever grows.
//
// Unlike std::deque it allocates nothing in steady state and nothing at all while empty from the
// start. For move-only values; references are invalidated by every insertion.
#ifndef TICKWIRE_SIM_CORE_BASE_RING_BUFFER_H_
#define TICKWIRE_SIM_CORE_BASE_RING_BUFFER_H_

#include <cstddef>
#include <utility>
#include <vector>

#include "sim_core/base/check.h"

namespace tickwire {

template <class T>
class RingBuffer {
 public:
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  // REQUIRES: index < size().
  T& operator[](size_t index) { return slots_[(begin_ + index) & (slots_.size() - 1)]; }
  const T& operator[](size_t index) const { return slots_[(begin_ + index) & (slots_.size() - 1)]; }
  // REQUIRES: !empty().
  T& front() { return (*this)[0]; }
  const T& front() const { return (*this)[0]; }
  // Elements for which there is memory.
  size_t capacity() const { return slots_.size(); }

  void push_back(T value) {
    if (size_ == slots_.size()) Grow();
    ++size_;
    (*this)[size_ - 1] = std::move(value);
  }
  // Puts `value` before the element at `index`; moves those behind it. REQUIRES: index <= size().
  void insert(size_t index, T value) {
    push_back(std::move(value));
    for (size_t i = size_ - 1; i > index; --i) std::swap((*this)[i], (*this)[i - 1]);
  }
  // REQUIRES: !empty().
  T pop_front() {
    TW_DCHECK(!empty());
    T value = std::move(front());
    begin_ = (begin_ + 1) & (slots_.size() - 1);
    --size_;
    return value;
  }

 private:
  void Grow() {
    constexpr size_t kFirst = sizeof(T) > 32 ? 1 : 4;  // many a large one is the only one
    std::vector<T> bigger(slots_.empty() ? kFirst : slots_.size() * 2);
    for (size_t i = 0; i < size_; ++i) bigger[i] = std::move((*this)[i]);
    slots_ = std::move(bigger);
    begin_ = 0;
  }

  std::vector<T> slots_;  // a power of two, or none
  size_t begin_ = 0;
  size_t size_ = 0;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_BASE_RING_BUFFER_H_
