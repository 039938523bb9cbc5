#include "experiments/view/time_axis.h"

#include <algorithm>
#include <bit>

#include "sim_core/base/check.h"

namespace tickwire {

int32_t LogDistance(Duration duration) {
  // In units of 1/1024 ms, so that log2 has something to work on below a millisecond.
  const uint64_t x = 1024 + static_cast<uint64_t>(duration.nanos()) / 1000 * 1024 / 1000;
  const int whole = 63 - std::countl_zero(x);
  // Linear between powers of two: at most 0.09 off.
  const uint64_t fraction = ((x - (uint64_t{1} << whole)) * 10) >> whole;
  return static_cast<int32_t>((whole - 10) * 10 + static_cast<int>(fraction));
}

std::string WaitText(Duration wait) {
  // To four digits or so: the marks beside it tell the rest.
  const int64_t unit = wait >= Duration::Seconds(10) ? 10'000'000 : 1'000'000;
  return ToString(Duration::Nanos((wait.nanos() + unit / 2) / unit * unit));
}

TimeAxis::TimeAxis(std::vector<Moment> moments, Tenths top) {
  std::sort(moments.begin(), moments.end(), [](const Moment& a, const Moment& b) {
    return a.time != b.time ? a.time < b.time : a.room > b.room;
  });
  for (const Moment& moment : moments) {
    if (times_.empty()) {
      times_.push_back(moment.time);
      ys_.push_back(top + moment.room);
      continue;
    }
    if (moment.time == times_.back()) continue;
    const Duration wait = moment.time - times_.back();
    const Tenths distance = std::max(Tenths{40}, moment.room) + LogDistance(wait) * 7;
    times_.push_back(moment.time);
    ys_.push_back(ys_.back() + distance);
  }
}

Tenths TimeAxis::Y(SimTime time) const {
  TW_CHECK(!times_.empty());
  const auto after = std::upper_bound(times_.begin(), times_.end(), time);
  if (after == times_.begin()) return ys_.front();
  if (after == times_.end()) return ys_.back();
  const size_t i = static_cast<size_t>(after - times_.begin()) - 1;
  const double share = static_cast<double>((time - times_[i]).nanos()) /
                       static_cast<double>((times_[i + 1] - times_[i]).nanos());
  return ys_[i] + static_cast<Tenths>(share * (ys_[i + 1] - ys_[i]));
}

std::vector<DisplayBreak> TimeAxis::Breaks(Duration least) const {
  std::vector<DisplayBreak> breaks;
  for (size_t i = 1; i < times_.size(); ++i) {
    const Duration wait = times_[i] - times_[i - 1];
    if (wait < least) continue;
    breaks.push_back({(ys_[i] + ys_[i - 1]) / 2, times_[i - 1], wait, WaitText(wait)});
  }
  return breaks;
}

}  // namespace tickwire
