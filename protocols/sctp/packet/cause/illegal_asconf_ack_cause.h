// IllegalAsconfAckCause: Association Aborted Due to Illegal ASCONF-ACK (RFC 5061 section 4.3.4).
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_ILLEGAL_ASCONF_ACK_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_ILLEGAL_ASCONF_ACK_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct IllegalAsconfAckCause {
  static constexpr uint16_t kCode = 0x00a3;

  static std::optional<IllegalAsconfAckCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_ILLEGAL_ASCONF_ACK_CAUSE_H_
