// UnrecognizedParameter: Unrecognized Parameter (RFC 9260 section 3.3.3.1.2). A parameter of the
// INIT that was not understood.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_UNRECOGNIZED_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_UNRECOGNIZED_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct UnrecognizedParameter {
  static constexpr uint16_t kType = 8;

  std::span<const uint8_t> parameter;  // the whole of it

  static std::optional<UnrecognizedParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_UNRECOGNIZED_PARAMETER_H_
