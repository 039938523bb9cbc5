// UnresolvableAddressCause: Unresolvable Address (RFC 9260 section 3.3.10.5). An address parameter
// of a kind that cannot be used.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_UNRESOLVABLE_ADDRESS_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_UNRESOLVABLE_ADDRESS_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct UnresolvableAddressCause {
  static constexpr uint16_t kCode = 5;

  std::span<const uint8_t> address;  // the whole parameter

  static std::optional<UnresolvableAddressCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_UNRESOLVABLE_ADDRESS_CAUSE_H_
