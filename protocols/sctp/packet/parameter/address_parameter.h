// IPv4 Address and IPv6 Address parameters (RFC 9260 sections 3.3.2.1.1 and 3.3.2.1.2).
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_ADDRESS_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_ADDRESS_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "protocols/sctp/packet/tlv.h"
#include "protocols/transport/ip_address.h"

namespace tickwire::sctp {

inline constexpr uint16_t kIpv4AddressParameter = 5;
inline constexpr uint16_t kIpv6AddressParameter = 6;

std::optional<IpAddress> ReadAddressParameter(const ParameterView& view);
void WriteAddressParameter(const IpAddress& address, std::vector<uint8_t>& out);

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_ADDRESS_PARAMETER_H_
