#include "topologies/build/distribution_factory.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "sim_core/random/distributions.h"
#include "topologies/build/literal_values.h"

namespace tickwire {
namespace {

using scenario::Distribution;
using Draw = std::function<Duration(Rng&)>;

Draw MakeDraw(const Distribution& d) {
  switch (d.kind_case()) {
    case Distribution::kConstant:
      return [value = DurationOf(d.constant())](Rng&) { return value; };
    case Distribution::kUniform:
      return [low = DurationOf(d.uniform().min()), high = DurationOf(d.uniform().max())](Rng& rng) {
        return UniformDuration(rng, low, std::max(low, high));
      };
    case Distribution::kExponential:
      return [mean = DurationOf(d.exponential().mean())](Rng& rng) {
        return ExponentialDuration(rng, mean);
      };
    case Distribution::kNormal:
      return [mean = DurationOf(d.normal().mean()), deviation = DurationOf(d.normal().stddev())](
                 Rng& rng) { return NormalDuration(rng, mean, deviation); };
    case Distribution::kPareto:
      return [scale = DurationOf(d.pareto().scale()), shape = ThousandthsOf(d.pareto().shape()),
              most = DurationOf(d.pareto().max())](Rng& rng) {
        return std::min(ParetoDuration(rng, scale, shape), most);
      };
    case Distribution::kLognormal:
      return [median = DurationOf(d.lognormal().median()),
              sigma = ThousandthsOf(d.lognormal().sigma()), most = DurationOf(d.lognormal().max())](
                 Rng& rng) { return std::min(LognormalDuration(rng, median, sigma), most); };
    case Distribution::kEmpirical: {
      std::vector<EmpiricalRow> rows;
      const int n = d.empirical().quantile_size();
      for (int i = 0; i < n; ++i) {
        const uint64_t cumulative =
            n == 1 ? 0xffffffffu : uint64_t{0xffffffff} * static_cast<uint64_t>(i) / (n - 1);
        rows.push_back({DurationOf(d.empirical().quantile(i)), static_cast<uint32_t>(cumulative)});
      }
      return [rows = std::move(rows)](Rng& rng) { return EmpiricalDuration(rng, rows); };
    }
    case Distribution::KIND_NOT_SET:
      break;
  }
  return [](Rng&) { return Duration(); };
}

}  // namespace

std::function<Duration()> MakeDurationSource(const Distribution& distribution, Rng rng) {
  return [draw = MakeDraw(distribution), rng]() mutable { return draw(rng); };
}

}  // namespace tickwire
