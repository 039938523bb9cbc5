// MissingMandatoryParameterCause: Missing Mandatory Parameter (RFC 9260 section 3.3.10.2).
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_MISSING_MANDATORY_PARAMETER_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_MISSING_MANDATORY_PARAMETER_CAUSE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct MissingMandatoryParameterCause {
  static constexpr uint16_t kCode = 2;

  std::vector<uint16_t> types;  // of what is missing

  static std::optional<MissingMandatoryParameterCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_MISSING_MANDATORY_PARAMETER_CAUSE_H_
