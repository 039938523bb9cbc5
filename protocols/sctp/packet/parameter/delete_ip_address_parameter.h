// DeleteIpAddressParameter: Delete IP Address (RFC 5061 section 4.2.2). A request in ASCONF.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_DELETE_IP_ADDRESS_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_DELETE_IP_ADDRESS_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"
#include "protocols/transport/ip_address.h"

namespace tickwire::sctp {

struct DeleteIpAddressParameter {
  static constexpr uint16_t kType = 0xc002;

  uint32_t correlation_id = 0;
  IpAddress address;  //

  static std::optional<DeleteIpAddressParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_DELETE_IP_ADDRESS_PARAMETER_H_
