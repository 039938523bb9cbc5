#include "protocols/sctp/packet/any_parameter.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {
namespace {

template <size_t... kIndex>
std::optional<AnyParameter> ParseOneOf(const ParameterView& view, std::index_sequence<kIndex...>) {
  std::optional<AnyParameter> result;
  const auto attempt = [&](auto* type) {
    using One = std::remove_pointer_t<decltype(type)>;
    if (One::kType != view.type) return false;
    if (auto parsed = One::Parse(view)) result = std::move(*parsed);
    return true;
  };
  (attempt(static_cast<std::variant_alternative_t<kIndex, AnyParameter>*>(nullptr)) || ...);
  return result;
}

}  // namespace

std::optional<AnyParameter> ParseParameter(const ParameterView& view) {
  return ParseOneOf(view, std::make_index_sequence<std::variant_size_v<AnyParameter>>());
}

std::string DescribeParameter(const ParameterView& view) {
  if (const std::optional<AnyParameter> known = ParseParameter(view)) {
    return std::visit([](const auto& one) { return one.ToString(); }, *known);
  }
  if (const std::optional<IpAddress> address = ReadAddressParameter(view)) {
    return absl::StrCat(address->is_v4() ? "IPv4 Address " : "IPv6 Address ", address->ToString());
  }
  return absl::StrCat("parameter ", view.type, ", ", view.value.size(), " bytes that tell nothing");
}

}  // namespace tickwire::sctp
