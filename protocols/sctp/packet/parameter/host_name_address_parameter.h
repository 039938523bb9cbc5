// HostNameAddressParameter: Host Name Address (RFC 9260 section 3.3.2.1.4). Deprecated; its
// receiver aborts.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_HOST_NAME_ADDRESS_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_HOST_NAME_ADDRESS_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct HostNameAddressParameter {
  static constexpr uint16_t kType = 11;

  std::span<const uint8_t> host_name;  //

  static std::optional<HostNameAddressParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_HOST_NAME_ADDRESS_PARAMETER_H_
