// OutOfResourceCause: Out of Resource (RFC 9260 section 3.3.10.4). No room for another
// association.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_OUT_OF_RESOURCE_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_OUT_OF_RESOURCE_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct OutOfResourceCause {
  static constexpr uint16_t kCode = 4;

  static std::optional<OutOfResourceCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_OUT_OF_RESOURCE_CAUSE_H_
