// DataRate: bits per second of a link, and the time that bytes take on it.
#ifndef TICKWIRE_SIM_CORE_TIME_DATA_RATE_H_
#define TICKWIRE_SIM_CORE_TIME_DATA_RATE_H_

#include <compare>
#include <cstdint>

#include "sim_core/base/check.h"
#include "sim_core/base/int128.h"
#include "sim_core/time/sim_time.h"

namespace tickwire {

class DataRate {
 public:
  static constexpr DataRate BitsPerSecond(int64_t n) { return DataRate(n); }
  // No serialisation delay at all.
  static constexpr DataRate Infinite() { return DataRate(0); }

  constexpr bool is_infinite() const { return bits_per_second_ == 0; }
  // REQUIRES: !is_infinite()
  constexpr int64_t bits_per_second() const { return bits_per_second_; }
  bool operator==(const DataRate&) const = default;

  // Rounded up to the next nanosecond, so that a link never carries more than its rate.
  constexpr Duration TransmissionTime(int64_t bytes) const {
    if (is_infinite()) return Duration();
    const Int128 bit_nanos = static_cast<Int128>(bytes) * 8 * 1'000'000'000;
    return Duration::Nanos(
        static_cast<int64_t>((bit_nanos + bits_per_second_ - 1) / bits_per_second_));
  }

 private:
  constexpr explicit DataRate(int64_t bits_per_second) : bits_per_second_(bits_per_second) {}
  int64_t bits_per_second_;
};

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_TIME_DATA_RATE_H_
