// AdaptationLayerParameter: Adaptation Layer Indication (RFC 5061 section 4.2.6). What runs above.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_ADAPTATION_LAYER_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_ADAPTATION_LAYER_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct AdaptationLayerParameter {
  static constexpr uint16_t kType = 0xc006;

  uint32_t indication = 0;

  static std::optional<AdaptationLayerParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_ADAPTATION_LAYER_PARAMETER_H_
