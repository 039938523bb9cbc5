#include "protocols/sctp/packet/cause/unresolvable_address_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<UnresolvableAddressCause> UnresolvableAddressCause::Parse(const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  UnresolvableAddressCause cause;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  cause.address = reader.TakeRest();
  if (!AreParameters(cause.address)) return std::nullopt;
  return cause;
}

void UnresolvableAddressCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.PutBytes(address);
}

std::string UnresolvableAddressCause::ToString() const {
  return absl::StrCat("Unresolvable Address", " address=", address.size(), " B");
}

}  // namespace tickwire::sctp
