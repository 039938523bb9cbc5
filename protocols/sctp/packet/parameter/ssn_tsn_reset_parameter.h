// SsnTsnResetParameter: SSN/TSN Reset Request (RFC 6525 section 4.3). The sender wants all numbers
// to begin anew.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SSN_TSN_RESET_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SSN_TSN_RESET_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct SsnTsnResetParameter {
  static constexpr uint16_t kType = 15;

  uint32_t request_sequence_number = 0;

  static std::optional<SsnTsnResetParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SSN_TSN_RESET_PARAMETER_H_
