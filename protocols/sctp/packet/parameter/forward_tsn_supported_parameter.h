// ForwardTsnSupportedParameter: Forward-TSN-Supported (RFC 3758 section 3.1). The sender knows
// partial reliability.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_FORWARD_TSN_SUPPORTED_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_FORWARD_TSN_SUPPORTED_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct ForwardTsnSupportedParameter {
  static constexpr uint16_t kType = 0xc000;

  static std::optional<ForwardTsnSupportedParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_FORWARD_TSN_SUPPORTED_PARAMETER_H_
