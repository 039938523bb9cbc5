// ReconfigResponseParameter: Re-configuration Response (RFC 6525 section 4.4).
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_RECONFIG_RESPONSE_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_RECONFIG_RESPONSE_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct ReconfigResponseParameter {
  static constexpr uint16_t kType = 16;
  enum Result : uint32_t {
    kNothingToDo = 0,
    kPerformed = 1,
    kDenied = 2,
    kWrongSsn = 3,
    kRequestInProgress = 4,
    kBadSequenceNumber = 5,
    kInProgress = 6,
  };

  uint32_t response_sequence_number = 0;  // of the request
  uint32_t result = kNothingToDo;         // a Result; others may come
  // Both or none: of the answer to an SSN/TSN reset.
  struct NextTsns {
    Tsn sender;
    Tsn receiver;
    bool operator==(const NextTsns&) const = default;
  };
  std::optional<NextTsns> next_tsns;

  static std::optional<ReconfigResponseParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_RECONFIG_RESPONSE_PARAMETER_H_
