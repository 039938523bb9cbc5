#include "sim_core/time/sim_time.h"

#include <cstdio>

namespace tickwire {
namespace {

struct Unit {
  int64_t nanos;
  int digits;
  const char* suffix;
};
constexpr Unit kUnits[] = {{1'000'000'000, 9, " s"}, {1'000'000, 6, " ms"}, {1'000, 3, " us"}};

std::string Scaled(uint64_t magnitude, const Unit& unit) {
  std::string out = std::to_string(magnitude / unit.nanos);
  uint64_t fraction = magnitude % unit.nanos;
  if (fraction != 0) {
    std::string digits = std::to_string(fraction);
    digits.insert(0, unit.digits - digits.size(), '0');
    digits.erase(digits.find_last_not_of('0') + 1);
    out += "." + digits;
  }
  return out + unit.suffix;
}

}  // namespace

std::string ToString(Duration duration) {
  if (duration == Duration::Infinite()) return "infinite";
  if (duration == Duration()) return "0 s";
  const bool negative = duration.nanos() < 0;
  const uint64_t magnitude =
      negative ? 0 - static_cast<uint64_t>(duration.nanos()) : duration.nanos();
  std::string sign = negative ? "-" : "";
  for (const Unit& unit : kUnits) {
    if (magnitude >= static_cast<uint64_t>(unit.nanos)) return sign + Scaled(magnitude, unit);
  }
  return sign + std::to_string(magnitude) + " ns";
}

std::string ToSecondsString(SimTime time) {
  const bool negative = time.nanos() < 0;
  const uint64_t magnitude = negative ? 0 - static_cast<uint64_t>(time.nanos()) : time.nanos();
  char text[40];
  std::snprintf(text, sizeof text, "%s%llu.%09llu", negative ? "-" : "",
                static_cast<unsigned long long>(magnitude / 1'000'000'000),
                static_cast<unsigned long long>(magnitude % 1'000'000'000));
  return text;
}

}  // namespace tickwire
