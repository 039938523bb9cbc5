#include "protocols/sctp/packet/cause/restart_with_new_addresses_cause.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<RestartWithNewAddressesCause> RestartWithNewAddressesCause::Parse(
    const ParameterView& view) {
  if (view.type != kCode) return std::nullopt;
  RestartWithNewAddressesCause cause;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  cause.addresses = reader.TakeRest();
  if (!AreParameters(cause.addresses)) return std::nullopt;
  return cause;
}

void RestartWithNewAddressesCause::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kCode);
  writer.PutBytes(addresses);
}

std::string RestartWithNewAddressesCause::ToString() const {
  return absl::StrCat("Restart of an Association with New Addresses",
                      " addresses=", addresses.size(), " B");
}

}  // namespace tickwire::sctp
