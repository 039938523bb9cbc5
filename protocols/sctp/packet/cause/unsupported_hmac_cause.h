// UnsupportedHmacCause: Unsupported HMAC Identifier (RFC 4895 section 4.1).
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_UNSUPPORTED_HMAC_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_UNSUPPORTED_HMAC_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct UnsupportedHmacCause {
  static constexpr uint16_t kCode = 0x0105;

  uint16_t hmac_id = 0;

  static std::optional<UnsupportedHmacCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_UNSUPPORTED_HMAC_CAUSE_H_
