#include "protocols/sip/ua/call_generator.h"

#include "sim_core/base/int128.h"
#include "sim_core/random/distributions.h"

namespace tickwire::sip {
namespace {

constexpr TraceLabel kNextCall{"next call", "the scenario's generator"};
constexpr int64_t kMillion = 1'000'000;
constexpr int64_t kBillion = 1'000'000'000;

// n calls at `rate` millionths of a call a second.
Duration TimeOf(uint64_t n, int64_t rate) {
  return Duration::Nanos(static_cast<int64_t>(static_cast<Int128>(n) * kMillion * kBillion / rate));
}

// Calls, times 10^15, that have come `t` ns after the start of a ramp: the area under the rate.
Int128 AreaOf(const RampArrivals& ramp, int64_t t) {
  const Int128 level = static_cast<Int128>(ramp.from) * t;
  return level + static_cast<Int128>(ramp.to - ramp.from) * t / 2 * t / ramp.over.nanos();
}

// The first moment at which `n` calls have come.
Duration RampTime(const RampArrivals& ramp, uint64_t n) {
  const Int128 wanted = static_cast<Int128>(n) * kMillion * kBillion;
  const int64_t over = ramp.over.nanos();
  const Int128 in_ramp = AreaOf(ramp, over);
  if (wanted >= in_ramp) {
    return Duration::Nanos(over + static_cast<int64_t>((wanted - in_ramp) / ramp.to));
  }
  int64_t low = 0, high = over;
  while (low < high) {
    const int64_t middle = low + (high - low) / 2;
    if (AreaOf(ramp, middle) >= wanted) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return Duration::Nanos(low);
}

}  // namespace

CallGenerator::CallGenerator(NodeClock& clock, const TraceEntity& entity, Placer& placer,
                             const CallGeneratorConfig& config, const Rng& arrivals,
                             const Rng& holdings)
    : clock_(clock),
      placer_(placer),
      config_(config),
      arrivals_(arrivals),
      holdings_(holdings),
      timer_(clock, *this, kNextCall, entity) {}

void CallGenerator::Start() {
  moment_ = MomentOf(0);
  Arrive();
}

// Sets the timer for the next arrival, unless it comes too late.
void CallGenerator::Arrive() {
  if (config_.most_calls != 0 && count_ >= config_.most_calls) return;
  const SimTime at = SimTime{config_.start} + moment_;
  if (config_.stop.has_value() && at >= SimTime{*config_.stop}) return;
  timer_.Set(at - clock_.now());
}

void CallGenerator::OnTimer() {
  const uint64_t number = count_++;
  // The next one first: what the call does may end this generator's node.
  moment_ = MomentOf(count_);
  Arrive();
  placer_.OnArrival(*this, number, DrawHolding());
}

Duration CallGenerator::MomentOf(uint64_t n) {
  if (const auto* poisson = std::get_if<PoissonArrivals>(&config_.arrivals)) {
    return moment_ + ExponentialDuration(arrivals_, TimeOf(1, poisson->rate));
  }
  if (const auto* constant = std::get_if<ConstantArrivals>(&config_.arrivals)) {
    return TimeOf(n, constant->rate);
  }
  if (const auto* burst = std::get_if<BurstArrivals>(&config_.arrivals)) {
    return static_cast<int64_t>(n / burst->calls) * burst->every;
  }
  return RampTime(std::get<RampArrivals>(config_.arrivals), n + 1);
}

std::optional<Duration> CallGenerator::DrawHolding() {
  if (const auto* constant = std::get_if<ConstantHolding>(&config_.holding)) return constant->value;
  if (const auto* exponential = std::get_if<ExponentialHolding>(&config_.holding)) {
    return ExponentialDuration(holdings_, exponential->mean);
  }
  if (const auto* uniform = std::get_if<UniformHolding>(&config_.holding)) {
    return UniformDuration(holdings_, uniform->min, uniform->max);
  }
  if (const auto* lognormal = std::get_if<LognormalHolding>(&config_.holding)) {
    return LognormalDuration(holdings_, lognormal->median, lognormal->sigma_thousandths);
  }
  return std::nullopt;
}

}  // namespace tickwire::sip
