// ProtocolViolationCause: Protocol Violation (RFC 9260 section 3.3.10.13).
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_PROTOCOL_VIOLATION_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_PROTOCOL_VIOLATION_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct ProtocolViolationCause {
  static constexpr uint16_t kCode = 13;

  std::span<const uint8_t> information;  // for people

  static std::optional<ProtocolViolationCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_PROTOCOL_VIOLATION_CAUSE_H_
