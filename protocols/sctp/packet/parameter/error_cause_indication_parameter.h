// ErrorCauseIndicationParameter: Error Cause Indication (RFC 5061 section 4.2.3). Why a request in
// ASCONF failed.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_ERROR_CAUSE_INDICATION_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_ERROR_CAUSE_INDICATION_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct ErrorCauseIndicationParameter {
  static constexpr uint16_t kType = 0xc003;

  uint32_t correlation_id = 0;
  std::span<const uint8_t> causes;  // error causes

  static std::optional<ErrorCauseIndicationParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_ERROR_CAUSE_INDICATION_PARAMETER_H_
