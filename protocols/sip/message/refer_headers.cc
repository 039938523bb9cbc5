#include "protocols/sip/message/refer_headers.h"

namespace tickwire::sip {

std::optional<ReferTo> ReferTo::Parse(absl::string_view value) {
  return internal::ParseAs<ReferTo>(value);
}

std::optional<ReferredBy> ReferredBy::Parse(absl::string_view value) {
  std::optional<ReferredBy> parsed = internal::ParseAs<ReferredBy>(value);
  // §3: the cid is a quoted message identifier.
  if (parsed.has_value() && parsed->cid().has_value() &&
      (parsed->cid()->size() < 2 || parsed->cid()->front() != '"')) {
    return std::nullopt;
  }
  return parsed;
}

std::optional<Replaces> Replaces::Parse(absl::string_view value) {
  Scanner scanner(value);
  scanner.SkipLws();
  const absl::string_view all = scanner.rest();
  if (scanner.TakeWhile(kWordChar).empty()) return std::nullopt;
  if (scanner.Consume('@') && scanner.TakeWhile(kWordChar).empty()) return std::nullopt;
  Replaces result;
  result.call_id = all.substr(0, all.size() - scanner.rest().size());
  if (!result.params.ParseFrom(scanner)) return std::nullopt;
  scanner.SkipLws();
  if (!scanner.at_end()) return std::nullopt;
  int to_tags = 0;
  int from_tags = 0;
  for (const Param& param : result.params) {
    if (EqualsIgnoreCase(param.name, "to-tag")) ++to_tags;
    if (EqualsIgnoreCase(param.name, "from-tag")) ++from_tags;
  }
  // §3: exactly one of each.
  if (to_tags != 1 || from_tags != 1 || result.to_tag().empty() || result.from_tag().empty()) {
    return std::nullopt;
  }
  return result;
}

void Replaces::AppendTo(std::string& out) const {
  out.append(call_id.data(), call_id.size());
  params.AppendTo(out);
}

}  // namespace tickwire::sip
