// Interval: a mean with its confidence interval over independent replications.
#ifndef TICKWIRE_EXPERIMENTS_STUDIES_INTERVAL_H_
#define TICKWIRE_EXPERIMENTS_STUDIES_INTERVAL_H_

#include <cstddef>
#include <span>

namespace tickwire::study {

struct Interval {
  double mean = 0;
  double half_width = 0;  // 95 %, Student's t; 0 for fewer than two values
  size_t n = 0;

  bool excludes_zero() const { return mean - half_width > 0 || mean + half_width < 0; }
};

// 0.975 quantile of Student's t with that many degrees of freedom, at least 1.
double StudentT975(size_t degrees);
Interval IntervalOf(std::span<const double> values);
// Of the differences a[i] - b[i]: for pairs that share their random numbers. REQUIRES: equal sizes.
Interval PairedDifference(std::span<const double> a, std::span<const double> b);
// The quantile of sorted values by linear interpolation (type 7 of Hyndman and Fan). 0 for none.
double Quantile(std::span<const double> sorted, double probability);

}  // namespace tickwire::study

#endif  // TICKWIRE_EXPERIMENTS_STUDIES_INTERVAL_H_
