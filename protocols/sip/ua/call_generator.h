// CallGenerator: decides when a user agent places its next call and how long it lasts.
//
// Arrivals as a Poisson process, evenly spaced, in bursts, or at a pace that grows; durations
// constant, exponential, uniform or lognormal. Draws of arrivals and durations come from streams of
// their own, so that a change of one leaves the other as it was.
#ifndef TICKWIRE_PROTOCOLS_SIP_UA_CALL_GENERATOR_H_
#define TICKWIRE_PROTOCOLS_SIP_UA_CALL_GENERATOR_H_

#include <cstdint>
#include <optional>
#include <variant>

#include "sim_core/event/timer.h"
#include "sim_core/random/rng.h"

namespace tickwire::sip {

// Rates are in millionths of a call a second.
struct PoissonArrivals {
  int64_t rate = 0;  // > 0
};
struct ConstantArrivals {
  int64_t rate = 0;  // > 0
};
struct BurstArrivals {
  uint32_t calls = 1;
  Duration every;
};
// The rate goes from one value to the other in a straight line, and stays.
struct RampArrivals {
  int64_t from = 0;
  int64_t to = 0;  // > 0
  Duration over;   // > 0
};
using Arrivals = std::variant<PoissonArrivals, ConstantArrivals, BurstArrivals, RampArrivals>;

struct ConstantHolding {
  Duration value;
};
struct ExponentialHolding {
  Duration mean;
};
struct UniformHolding {
  Duration min, max;
};
struct LognormalHolding {
  Duration median;
  int64_t sigma_thousandths = 0;
};
// Nothing: until the other side hangs up.
using Holding = std::variant<std::monostate, ConstantHolding, ExponentialHolding, UniformHolding,
                             LognormalHolding>;

struct CallGeneratorConfig {
  Arrivals arrivals;
  Holding holding;
  Duration start;
  std::optional<Duration> stop;  // from the start of the run
  uint64_t most_calls = 0;       // 0: no limit
};

class CallGenerator {
 public:
  class Placer {
   public:
    virtual ~Placer() = default;
    // Place call `number` (from 0); it ends after `holding` from its answer, or (nothing) by the
    // other side.
    virtual void OnArrival(CallGenerator& generator, uint64_t number,
                           std::optional<Duration> holding) = 0;
  };

  // All must outlive this.
  CallGenerator(NodeClock& clock, const TraceEntity& entity, Placer& placer,
                const CallGeneratorConfig& config, const Rng& arrivals, const Rng& holdings);
  // Once.
  void Start();
  uint64_t count() const { return count_; }

 private:
  void OnTimer();
  void Arrive();
  // From the start of the generator to arrival number `n` (from 0).
  Duration MomentOf(uint64_t n);
  std::optional<Duration> DrawHolding();

  NodeClock& clock_;
  Placer& placer_;
  CallGeneratorConfig config_;
  Rng arrivals_, holdings_;
  uint64_t count_ = 0;
  Duration moment_;  // of the next arrival, from the start of the generator
  Timer<CallGenerator, &CallGenerator::OnTimer> timer_;
};

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_UA_CALL_GENERATOR_H_
