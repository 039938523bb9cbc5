#include "protocols/sctp/packet/parameter/address_parameter.h"

namespace tickwire::sctp {

std::optional<IpAddress> ReadAddressParameter(const ParameterView& view) {
  const size_t size = view.type == kIpv4AddressParameter   ? 4
                      : view.type == kIpv6AddressParameter ? 16
                                                           : 0;
  if (size == 0 || view.value.size() != size) return std::nullopt;
  return IpAddress::FromBytes(view.value);
}

void WriteAddressParameter(const IpAddress& address, std::vector<uint8_t>& out) {
  TlvWriter(out, address.is_v4() ? kIpv4AddressParameter : kIpv6AddressParameter)
      .PutBytes(address.bytes());
}

}  // namespace tickwire::sctp
