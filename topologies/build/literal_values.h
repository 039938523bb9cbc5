// Values of literals that the loader has already checked.
#ifndef TICKWIRE_TOPOLOGIES_BUILD_LITERAL_VALUES_H_
#define TICKWIRE_TOPOLOGIES_BUILD_LITERAL_VALUES_H_

#include "absl/strings/string_view.h"
#include "sim_core/base/check.h"
#include "topologies/literals.h"

namespace tickwire {

// REQUIRES of all: `text` is a right literal of its unit.
inline Duration DurationOf(absl::string_view text) {
  const auto value = ParseDuration(text);
  TW_CHECK(value.ok());
  return *value;
}
inline SimTime TimeOf(absl::string_view text) { return SimTime{DurationOf(text)}; }
inline DataRate RateOf(absl::string_view text) {
  const auto value = ParseRate(text);
  TW_CHECK(value.ok());
  return *value;
}
inline int64_t SizeOf(absl::string_view text) {
  const auto value = ParseSize(text);
  TW_CHECK(value.ok());
  return *value;
}
inline Ratio ProbabilityOf(absl::string_view text) {
  const auto value = ParseProbability(text);
  TW_CHECK(value.ok());
  return *value;
}
// In thousandths, rounded down.
inline int64_t ThousandthsOf(absl::string_view text) {
  const auto value = ParseDecimal(text);
  TW_CHECK(value.ok());
  return *value / 1000;
}

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_BUILD_LITERAL_VALUES_H_
