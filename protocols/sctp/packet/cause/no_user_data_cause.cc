#include "protocols/sctp/packet/cause/no_user_data_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<NoUserDataCause> NoUserDataCause::Parse(const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  NoUserDataCause cause;
  ValueReader reader(view.value);
  cause.tsn = Tsn{reader.Take32()};
  if (!reader.done()) return std::nullopt;
  return cause;
}

void NoUserDataCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.Put32(tsn.value);
}

std::string NoUserDataCause::ToString() const {
  return absl::StrCat("No User Data", " tsn=", tsn.value);
}

}  // namespace tickwire::sctp
