// A fixed table of exponentially distributed increments (mean 1 ms), made before the clock starts
// so that both sides of a comparison pay the same, small, price per draw.
#ifndef TICKWIRE_TESTS_BENCHMARKS_INCREMENTS_H_
#define TICKWIRE_TESTS_BENCHMARKS_INCREMENTS_H_

#include <cmath>
#include <cstdint>
#include <vector>

namespace tickwire {

class Increments {
 public:
  Increments() {
    uint64_t state = 88172645463325252u;
    for (int64_t& value : table_) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      const double u = (static_cast<double>(state >> 11) + 1) / 9007199254740993.0;
      value = 1 + static_cast<int64_t>(-std::log(u) * 1e6);
    }
  }
  int64_t At(uint64_t index) const { return table_[(index * 2654435761u >> 7) % kSize]; }

 private:
  static constexpr size_t kSize = 1 << 13;
  std::vector<int64_t> table_ = std::vector<int64_t>(kSize);
};

}  // namespace tickwire

#endif  // TICKWIRE_TESTS_BENCHMARKS_INCREMENTS_H_
