#include "protocols/sip/message/number_headers.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "protocols/sip/message/limits.h"
#include "protocols/sip/message/scanner.h"

namespace tickwire::sip {

std::optional<ContentLength> ContentLength::Parse(absl::string_view value) {
  const auto number = ParseDecimal(TrimLws(value), std::numeric_limits<uint32_t>::max());
  if (!number.has_value()) return std::nullopt;
  return ContentLength{static_cast<uint32_t>(*number)};
}
void ContentLength::AppendTo(std::string& out) const { absl::StrAppend(&out, bytes); }

std::optional<MaxForwards> MaxForwards::Parse(absl::string_view value) {
  const auto number = ParseDecimal(TrimLws(value), 255);
  if (!number.has_value()) return std::nullopt;
  return MaxForwards{static_cast<uint8_t>(*number)};
}
void MaxForwards::AppendTo(std::string& out) const {
  absl::StrAppend(&out, static_cast<uint32_t>(hops));
}

std::optional<Expires> Expires::Parse(absl::string_view value) {
  const auto number = ParseDecimal(TrimLws(value), kMaxDeltaSeconds);
  if (!number.has_value()) return std::nullopt;
  return Expires{static_cast<uint32_t>(*number)};
}
void Expires::AppendTo(std::string& out) const { absl::StrAppend(&out, seconds); }

std::optional<MinExpires> MinExpires::Parse(absl::string_view value) {
  const auto number = ParseDecimal(TrimLws(value), kMaxDeltaSeconds);
  if (!number.has_value()) return std::nullopt;
  return MinExpires{static_cast<uint32_t>(*number)};
}
void MinExpires::AppendTo(std::string& out) const { absl::StrAppend(&out, seconds); }

std::optional<MaxBreadth> MaxBreadth::Parse(absl::string_view value) {
  const auto number = ParseDecimal(TrimLws(value), std::numeric_limits<uint32_t>::max());
  if (!number.has_value()) return std::nullopt;
  return MaxBreadth{static_cast<uint32_t>(*number)};
}
void MaxBreadth::AppendTo(std::string& out) const { absl::StrAppend(&out, branches); }

}  // namespace tickwire::sip
