// StaleCookieCause: Stale Cookie (RFC 9260 section 3.3.10.3). A valid cookie that has expired.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_STALE_COOKIE_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_STALE_COOKIE_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct StaleCookieCause {
  static constexpr uint16_t kCode = 3;

  uint32_t staleness_us = 0;  // how long ago, rounded up; 0: not told

  static std::optional<StaleCookieCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_STALE_COOKIE_CAUSE_H_
