// PaddingParameter: Padding (RFC 4820 section 4). Fills an INIT up.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_PADDING_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_PADDING_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct PaddingParameter {
  static constexpr uint16_t kType = 0x8005;

  std::span<const uint8_t> padding;  // ignored

  static std::optional<PaddingParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_PADDING_PARAMETER_H_
