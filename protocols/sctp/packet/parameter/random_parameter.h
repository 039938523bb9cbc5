// RandomParameter: Random (RFC 4895 section 3.1). Random bytes that go into the association key.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_RANDOM_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_RANDOM_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct RandomParameter {
  static constexpr uint16_t kType = 0x8002;

  std::span<const uint8_t> random;  // 32 of them

  static std::optional<RandomParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_RANDOM_PARAMETER_H_
