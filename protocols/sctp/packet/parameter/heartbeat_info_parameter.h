// HeartbeatInfoParameter: Heartbeat Info (RFC 9260 section 3.3.5). Opaque to all but its sender.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_HEARTBEAT_INFO_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_HEARTBEAT_INFO_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct HeartbeatInfoParameter {
  static constexpr uint16_t kType = 1;

  std::span<const uint8_t> info;  //

  static std::optional<HeartbeatInfoParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_HEARTBEAT_INFO_PARAMETER_H_
