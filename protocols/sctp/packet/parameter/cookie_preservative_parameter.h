// CookiePreservativeParameter: Cookie Preservative (RFC 9260 section 3.3.2.1.3). Asks for a longer
// life of the cookie.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_COOKIE_PRESERVATIVE_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_COOKIE_PRESERVATIVE_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct CookiePreservativeParameter {
  static constexpr uint16_t kType = 9;

  uint32_t life_span_increment = 0;  // ms

  static std::optional<CookiePreservativeParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_COOKIE_PRESERVATIVE_PARAMETER_H_
