// SuccessIndicationParameter: Success Indication (RFC 5061 section 4.2.5). A request in ASCONF
// succeeded.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SUCCESS_INDICATION_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SUCCESS_INDICATION_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct SuccessIndicationParameter {
  static constexpr uint16_t kType = 0xc005;

  uint32_t correlation_id = 0;

  static std::optional<SuccessIndicationParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SUCCESS_INDICATION_PARAMETER_H_
