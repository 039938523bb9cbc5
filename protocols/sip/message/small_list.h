// A vector of plain values that keeps the first N in place and moves all to the heap beyond.
//
// For trivially copyable values only. Copies and moves like a value. (absl::InlinedVector of such
// values sets off -Wmaybe-uninitialized in g++ 12 wherever it is moved inside an optional.)
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_SMALL_LIST_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_SMALL_LIST_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "sim_core/base/check.h"

namespace tickwire::sip {

template <class T, size_t N>
class SmallList {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  SmallList() = default;
  // Copies only what is in use: N may be generous.
  SmallList(const SmallList& other) : size_(other.size_), heap_(other.heap_) { CopyInline(other); }
  SmallList(SmallList&& other) noexcept : size_(other.size_), heap_(std::move(other.heap_)) {
    CopyInline(other);
    other.clear();
  }
  SmallList& operator=(const SmallList& other) {
    if (this == &other) return *this;
    size_ = other.size_;
    heap_ = other.heap_;
    CopyInline(other);
    return *this;
  }
  SmallList& operator=(SmallList&& other) noexcept {
    if (this == &other) return *this;
    size_ = other.size_;
    heap_ = std::move(other.heap_);
    CopyInline(other);
    other.clear();
    return *this;
  }
  ~SmallList() = default;

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T* begin() const { return size_ <= N ? inline_.data() : heap_.data(); }
  const T* end() const { return begin() + size_; }
  T* begin() { return size_ <= N ? inline_.data() : heap_.data(); }
  T* end() { return begin() + size_; }
  const T& operator[](size_t i) const {
    TW_DCHECK(i < size_);
    return begin()[i];
  }
  T& operator[](size_t i) {
    TW_DCHECK(i < size_);
    return begin()[i];
  }

  void push_back(const T& value) {
    if (size_ < N) {
      inline_[size_++] = value;
      return;
    }
    const T copy = value;  // may be one of ours
    if (size_ == N) heap_.assign(inline_.begin(), inline_.end());
    heap_.push_back(copy);
    ++size_;
  }
  void insert(size_t index, const T& value) {
    TW_CHECK(index <= size_);
    push_back(value);
    std::rotate(begin() + index, end() - 1, end());
  }
  void erase(size_t index) {
    TW_CHECK(index < size_);
    std::copy(begin() + index + 1, end(), begin() + index);
    truncate(size_ - 1);
  }
  void truncate(size_t size) {
    TW_CHECK(size <= size_);
    if (size_ > N) {
      heap_.resize(size);
      if (size <= N) {
        std::copy(heap_.begin(), heap_.end(), inline_.begin());
        heap_.clear();
      }
    }
    size_ = size;
  }
  void clear() {
    heap_.clear();
    size_ = 0;
  }
  bool operator==(const SmallList& other) const {
    return size_ == other.size_ && std::equal(begin(), end(), other.begin());
  }

 private:
  void CopyInline(const SmallList& other) {
    if (size_ <= N) std::copy_n(other.inline_.begin(), size_, inline_.begin());
  }

  size_t size_ = 0;
  std::array<T, N> inline_{};
  std::vector<T> heap_;  // holds all of them when there are more than N
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_SMALL_LIST_H_
