#include "protocols/sctp/packet/parameter/set_primary_address_parameter.h"

#include "absl/strings/str_cat.h"
#include "protocols/sctp/packet/parameter/address_parameter.h"

namespace tickwire::sctp {

std::optional<SetPrimaryAddressParameter> SetPrimaryAddressParameter::Parse(
    const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  SetPrimaryAddressParameter parameter;
  ValueReader reader(view.value);
  parameter.correlation_id = reader.Take32();
  if (!reader.ok()) return std::nullopt;
  std::span<const uint8_t> rest = reader.TakeRest();
  const std::optional<ParameterView> inner = TakeParameter(rest);
  if (!inner || !rest.empty()) return std::nullopt;
  const std::optional<IpAddress> address = ReadAddressParameter(*inner);
  if (!address) return std::nullopt;
  parameter.address = *address;
  return parameter;
}

void SetPrimaryAddressParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.Put32(correlation_id);
  WriteAddressParameter(address, out);
}

std::string SetPrimaryAddressParameter::ToString() const {
  return absl::StrCat("Set Primary Address", " correlation id=", correlation_id, " ",
                      address.ToString());
}

}  // namespace tickwire::sctp
