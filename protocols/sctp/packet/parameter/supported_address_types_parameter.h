// SupportedAddressTypesParameter: Supported Address Types (RFC 9260 section 3.3.2.1.5). The
// address types that the sender can use.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SUPPORTED_ADDRESS_TYPES_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SUPPORTED_ADDRESS_TYPES_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct SupportedAddressTypesParameter {
  static constexpr uint16_t kType = 12;

  std::vector<uint16_t> types;  // 5: IPv4, 6: IPv6

  static std::optional<SupportedAddressTypesParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SUPPORTED_ADDRESS_TYPES_PARAMETER_H_
