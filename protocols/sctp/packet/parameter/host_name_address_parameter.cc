#include "protocols/sctp/packet/parameter/host_name_address_parameter.h"

#include "absl/strings/str_cat.h"

namespace tickwire::sctp {

std::optional<HostNameAddressParameter> HostNameAddressParameter::Parse(const ParameterView& view) {
  if (view.type != kType) return std::nullopt;
  HostNameAddressParameter parameter;
  ValueReader reader(view.value);
  if (!reader.ok()) return std::nullopt;
  parameter.host_name = reader.TakeRest();
  return parameter;
}

void HostNameAddressParameter::SerializeTo(std::vector<uint8_t>& out) const {
  TlvWriter writer(out, kType);
  writer.PutBytes(host_name);
}

std::string HostNameAddressParameter::ToString() const {
  return absl::StrCat("Host Name Address", " host name=", host_name.size(), " B");
}

}  // namespace tickwire::sctp
