// Values with units as scenario files write them: "20ms" "10Mbps" "64KiB" "1%".
//
// All exact and in integers: a value that its type cannot hold without rounding is refused rather
// than rounded. Unit names are case-sensitive (ms is not Ms). No sign but '-' on a duration.
#ifndef TICKWIRE_TOPOLOGIES_LITERALS_H_
#define TICKWIRE_TOPOLOGIES_LITERALS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "absl/strings/string_view.h"
#include "sim_core/base/ratio.h"
#include "sim_core/time/data_rate.h"
#include "sim_core/time/sim_time.h"

namespace tickwire {

// Why a literal was refused, in words that follow "LITERAL: ", and a literal that may have been
// meant (empty if none comes to mind).
struct LiteralError {
  std::string reason;
  std::string suggestion;
};

template <class T>
class LiteralOr {
 public:
  LiteralOr(T value) : data_(value) {}                        // NOLINT: implicit, as in StatusOr
  LiteralOr(LiteralError error) : data_(std::move(error)) {}  // NOLINT
  bool ok() const { return data_.index() == 0; }
  // REQUIRES: ok()
  const T& value() const { return std::get<0>(data_); }
  const T& operator*() const { return value(); }
  // REQUIRES: !ok()
  const LiteralError& error() const { return std::get<1>(data_); }

 private:
  std::variant<T, LiteralError> data_;
};

// Units: ns us ms s min h. "never" and "infinite" are Duration::Infinite(). Exact to 1 ns.
LiteralOr<Duration> ParseDuration(absl::string_view text);
// Units: bps kbps Mbps Gbps Tbps, powers of 1000. "infinite" is DataRate::Infinite(). Never 0.
LiteralOr<DataRate> ParseRate(absl::string_view text);
// Bytes. Units: B kB MB GB (powers of 1000), KiB MiB GiB (powers of 1024).
LiteralOr<int64_t> ParseSize(absl::string_view text);
// "5%", "0.05" or "1/20", in [0, 1]. Decimals come back in parts per 1,000,000,000, fractions as
// they are written.
LiteralOr<Ratio> ParseProbability(absl::string_view text);
// A plain decimal in millionths: "1.5" is 1'500'000.
LiteralOr<int64_t> ParseDecimal(absl::string_view text);

// What is accepted, for diagnostics: "a duration such as \"20ms\" (units ns, us, ms, s, min, h)".
absl::string_view DurationSyntax();
absl::string_view RateSyntax();
absl::string_view SizeSyntax();
absl::string_view ProbabilitySyntax();
absl::string_view DecimalSyntax();

}  // namespace tickwire

#endif  // TICKWIRE_TOPOLOGIES_LITERALS_H_
