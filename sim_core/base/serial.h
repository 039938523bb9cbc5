// Serial<Tag, T>: a number that wraps, as protocols count (RFC 1982): equality, but no order.
// Unwrapper<S> turns such numbers into int64_t, which have one.
//
//   using Tsn = Serial<struct TsnTag, uint32_t>;
//   Unwrapper<Tsn> unwrap(first);  int64_t position = unwrap.Peek(tsn);
#ifndef TICKWIRE_SIM_CORE_BASE_SERIAL_H_
#define TICKWIRE_SIM_CORE_BASE_SERIAL_H_

#include <cstdint>
#include <type_traits>

namespace tickwire {

template <class Tag, class T>
struct Serial {
  using Value = T;
  T value{};
  bool operator==(const Serial&) const = default;
};

// Unwraps to the number nearest to a reference that the owner moves. The first number given maps to
// its own value.
template <class S>
class Unwrapper {
 public:
  explicit Unwrapper(S reference) : reference_(static_cast<int64_t>(reference.value)) {}

  // The number nearest to the reference whose low bits are those of `wrapped`.
  int64_t Peek(S wrapped) const {
    using T = typename S::Value;
    using Signed = std::make_signed_t<T>;
    const T step = static_cast<T>(wrapped.value - static_cast<T>(reference_));
    return reference_ + static_cast<Signed>(step);
  }
  // As Peek(); the reference moves forward to it.
  int64_t Unwrap(S wrapped) {
    const int64_t position = Peek(wrapped);
    if (position > reference_) reference_ = position;
    return position;
  }
  static S Wrap(int64_t position) { return S{static_cast<typename S::Value>(position)}; }

 private:
  int64_t reference_;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_BASE_SERIAL_H_
