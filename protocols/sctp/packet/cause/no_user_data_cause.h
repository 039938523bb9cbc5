// NoUserDataCause: No User Data (RFC 9260 section 3.3.10.9). A DATA chunk without data.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_NO_USER_DATA_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_NO_USER_DATA_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct NoUserDataCause {
  static constexpr uint16_t kCode = 9;

  Tsn tsn;

  static std::optional<NoUserDataCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_NO_USER_DATA_CAUSE_H_
