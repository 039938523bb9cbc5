// SupportedExtensionsParameter: Supported Extensions (RFC 5061 section 4.2.7). The chunk types
// beyond RFC 9260 that the sender understands.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SUPPORTED_EXTENSIONS_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SUPPORTED_EXTENSIONS_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct SupportedExtensionsParameter {
  static constexpr uint16_t kType = 0x8008;

  std::vector<uint8_t> types;  //

  static std::optional<SupportedExtensionsParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_SUPPORTED_EXTENSIONS_PARAMETER_H_
