// InvalidMandatoryParameterCause: Invalid Mandatory Parameter (RFC 9260 section 3.3.10.7). A field
// of INIT or INIT ACK has a value that must not be.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_INVALID_MANDATORY_PARAMETER_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_INVALID_MANDATORY_PARAMETER_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct InvalidMandatoryParameterCause {
  static constexpr uint16_t kCode = 7;

  static std::optional<InvalidMandatoryParameterCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_INVALID_MANDATORY_PARAMETER_CAUSE_H_
