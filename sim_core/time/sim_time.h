// Virtual time: Duration (a span) and SimTime (a moment since the start of the run).
//
// Unit: 1 ns in an int64, so spans reach 292 years either way. Integer arithmetic only; overflow is
// the caller's bug. 8 bytes (absl::Duration: 16). Nothing here knows the wall clock.
#ifndef TICKWIRE_SIM_CORE_TIME_SIM_TIME_H_
#define TICKWIRE_SIM_CORE_TIME_SIM_TIME_H_

#include <compare>
#include <cstdint>
#include <limits>
#include <string>

namespace tickwire {

class Duration {
 public:
  constexpr Duration() = default;  // zero
  static constexpr Duration Nanos(int64_t n) { return Duration(n); }
  static constexpr Duration Micros(int64_t n) { return Duration(n * 1'000); }
  static constexpr Duration Millis(int64_t n) { return Duration(n * 1'000'000); }
  static constexpr Duration Seconds(int64_t n) { return Duration(n * 1'000'000'000); }
  static constexpr Duration Infinite() { return Duration(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t nanos() const { return ns_; }
  auto operator<=>(const Duration&) const = default;

  constexpr Duration operator-() const { return Duration(-ns_); }
  constexpr Duration& operator+=(Duration d) {
    ns_ += d.ns_;
    return *this;
  }
  constexpr Duration& operator-=(Duration d) {
    ns_ -= d.ns_;
    return *this;
  }
  friend constexpr Duration operator+(Duration a, Duration b) { return Duration(a.ns_ + b.ns_); }
  friend constexpr Duration operator-(Duration a, Duration b) { return Duration(a.ns_ - b.ns_); }
  friend constexpr Duration operator*(Duration a, int64_t n) { return Duration(a.ns_ * n); }
  friend constexpr Duration operator*(int64_t n, Duration a) { return Duration(a.ns_ * n); }
  friend constexpr Duration operator/(Duration a, int64_t n) { return Duration(a.ns_ / n); }
  friend constexpr int64_t operator/(Duration a, Duration b) { return a.ns_ / b.ns_; }

 private:
  constexpr explicit Duration(int64_t ns) : ns_(ns) {}
  int64_t ns_ = 0;
};

struct SimTime {
  Duration since_start;

  static constexpr SimTime FromNanos(int64_t n) { return {Duration::Nanos(n)}; }
  static constexpr SimTime Infinite() { return {Duration::Infinite()}; }
  constexpr int64_t nanos() const { return since_start.nanos(); }
  auto operator<=>(const SimTime&) const = default;

  friend constexpr SimTime operator+(SimTime t, Duration d) { return {t.since_start + d}; }
  friend constexpr SimTime operator-(SimTime t, Duration d) { return {t.since_start - d}; }
  friend constexpr Duration operator-(SimTime a, SimTime b) {
    return a.since_start - b.since_start;
  }
};

// The sum, or the infinite where it would be beyond that: for delays that a scenario may choose.
// REQUIRES: delay >= 0.
constexpr Duration SaturatingAdd(Duration a, Duration delay) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a.nanos(), delay.nanos(), &sum)) return Duration::Infinite();
  return Duration::Nanos(sum);
}
constexpr SimTime SaturatingAdd(SimTime time, Duration delay) {
  return {SaturatingAdd(time.since_start, delay)};
}

// The shortest exact decimal with its largest fitting unit: "0 s", "500 ms", "31.5 s", "1.25 us",
// "7 ns"; "infinite" for Infinite(). The same on every locale.
std::string ToString(Duration duration);
// Seconds with nine digits: "31.500000000".
std::string ToSecondsString(SimTime time);

}  // namespace tickwire

#endif  // TICKWIRE_SIM_CORE_TIME_SIM_TIME_H_
