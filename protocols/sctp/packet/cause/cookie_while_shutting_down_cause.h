// CookieWhileShuttingDownCause: Cookie Received While Shutting Down (RFC 9260 section 3.3.10.10).
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_COOKIE_WHILE_SHUTTING_DOWN_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_COOKIE_WHILE_SHUTTING_DOWN_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct CookieWhileShuttingDownCause {
  static constexpr uint16_t kCode = 10;

  static std::optional<CookieWhileShuttingDownCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_COOKIE_WHILE_SHUTTING_DOWN_CAUSE_H_
