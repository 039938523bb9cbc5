// UnrecognizedParametersCause: Unrecognized Parameters (RFC 9260 section 3.3.10.8). Parameters of
// the INIT ACK that were not understood.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_UNRECOGNIZED_PARAMETERS_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_UNRECOGNIZED_PARAMETERS_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct UnrecognizedParametersCause {
  static constexpr uint16_t kCode = 8;

  std::span<const uint8_t> parameters;  // the whole of them

  static std::optional<UnrecognizedParametersCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_UNRECOGNIZED_PARAMETERS_CAUSE_H_
