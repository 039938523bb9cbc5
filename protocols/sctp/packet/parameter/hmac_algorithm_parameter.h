// HmacAlgorithmParameter: Requested HMAC Algorithm (RFC 4895 section 3.3). What the sender can
// verify, best first.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_HMAC_ALGORITHM_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_HMAC_ALGORITHM_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct HmacAlgorithmParameter {
  static constexpr uint16_t kType = 0x8004;

  std::vector<uint16_t> ids;  // 1: SHA-1, which must be there, 3: SHA-256

  static std::optional<HmacAlgorithmParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_HMAC_ALGORITHM_PARAMETER_H_
