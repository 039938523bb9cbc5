#include "protocols/sctp/packet/any_cause.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {
namespace {

template <size_t... kIndex>
std::optional<AnyCause> ParseOneOf(const ParameterView& view, std::index_sequence<kIndex...>) {
  std::optional<AnyCause> result;
  const auto attempt = [&](auto* type) {
    using One = std::remove_pointer_t<decltype(type)>;
    if (One::kCode != view.type) return false;
    if (auto parsed = One::Parse(view)) result = std::move(*parsed);
    return true;
  };
  (attempt(static_cast<std::variant_alternative_t<kIndex, AnyCause>*>(nullptr)) || ...);
  return result;
}

}  // namespace

std::optional<AnyCause> ParseCause(const ParameterView& view) {
  return ParseOneOf(view, std::make_index_sequence<std::variant_size_v<AnyCause>>());
}

std::string DescribeCause(const ParameterView& view) {
  if (const std::optional<AnyCause> known = ParseCause(view)) {
    return std::visit([](const auto& one) { return one.ToString(); }, *known);
  }
  return absl::StrCat("cause ", view.type, ", ", view.value.size(), " bytes that tell nothing");
}

}  // namespace tickwire::sctp
