#include "experiments/studies/interval.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "sim_core/base/check.h"

namespace tickwire::study {

double StudentT975(size_t degrees) {
  constexpr double kTable[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306,
                               2.262,  2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
                               2.110,  2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064,
                               2.060,  2.056, 2.052, 2.048, 2.045, 2.042};
  TW_CHECK(degrees >= 1);
  if (degrees <= std::size(kTable)) return kTable[degrees - 1];
  // Cornish-Fisher expansion around the normal quantile: three digits from 30 degrees on.
  constexpr double kZ = 1.959964;
  const double n = static_cast<double>(degrees);
  return kZ + (kZ * kZ * kZ + kZ) / (4 * n);
}

Interval IntervalOf(std::span<const double> values) {
  Interval interval{.n = values.size()};
  if (values.empty()) return interval;
  const double n = static_cast<double>(values.size());
  for (const double value : values) interval.mean += value / n;
  if (values.size() < 2) return interval;
  double squares = 0;
  for (const double value : values) {
    squares += (value - interval.mean) * (value - interval.mean);
  }
  interval.half_width = StudentT975(values.size() - 1) * std::sqrt(squares / (n - 1) / n);
  return interval;
}

Interval PairedDifference(std::span<const double> a, std::span<const double> b) {
  TW_CHECK(a.size() == b.size());
  std::vector<double> differences(a.size());
  std::transform(a.begin(), a.end(), b.begin(), differences.begin(), std::minus<>());
  return IntervalOf(differences);
}

double Quantile(std::span<const double> sorted, double probability) {
  if (sorted.empty()) return 0;
  const double place = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace tickwire::study
