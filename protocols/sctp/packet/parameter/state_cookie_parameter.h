// StateCookieParameter: State Cookie (RFC 9260 section 3.3.3.1.1). What the peer returns in COOKIE
// ECHO.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_STATE_COOKIE_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_STATE_COOKIE_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct StateCookieParameter {
  static constexpr uint16_t kType = 7;

  std::span<const uint8_t> cookie;  //

  static std::optional<StateCookieParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_STATE_COOKIE_PARAMETER_H_
