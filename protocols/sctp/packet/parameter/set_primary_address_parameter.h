// SetPrimaryAddressParameter: Set Primary Address (RFC 5061 section 4.2.4). Asks the peer to send
// to this address.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SET_PRIMARY_ADDRESS_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SET_PRIMARY_ADDRESS_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"
#include "protocols/transport/ip_address.h"

namespace tickwire::sctp {

struct SetPrimaryAddressParameter {
  static constexpr uint16_t kType = 0xc004;

  uint32_t correlation_id = 0;
  IpAddress address;  //

  static std::optional<SetPrimaryAddressParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SET_PRIMARY_ADDRESS_PARAMETER_H_
