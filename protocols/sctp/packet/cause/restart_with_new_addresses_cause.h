// RestartWithNewAddressesCause: Restart of an Association with New Addresses (RFC 9260 section
// 3.3.10.11).
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_RESTART_WITH_NEW_ADDRESSES_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_RESTART_WITH_NEW_ADDRESSES_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct RestartWithNewAddressesCause {
  static constexpr uint16_t kCode = 11;

  std::span<const uint8_t> addresses;  // the new ones, whole parameters

  static std::optional<RestartWithNewAddressesCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_RESTART_WITH_NEW_ADDRESSES_CAUSE_H_
