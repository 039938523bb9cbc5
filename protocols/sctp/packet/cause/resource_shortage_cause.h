// ResourceShortageCause: Operation Refused Due to Resource Shortage (RFC 5061 section 4.3.2).
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_RESOURCE_SHORTAGE_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_RESOURCE_SHORTAGE_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct ResourceShortageCause {
  static constexpr uint16_t kCode = 0x00a1;

  std::span<const uint8_t> request;  // the whole parameter

  static std::optional<ResourceShortageCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_RESOURCE_SHORTAGE_CAUSE_H_
