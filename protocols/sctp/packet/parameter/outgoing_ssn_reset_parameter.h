// OutgoingSsnResetParameter: Outgoing SSN Reset Request (RFC 6525 section 4.1). The sender wants
// to reset its outgoing streams.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_OUTGOING_SSN_RESET_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_OUTGOING_SSN_RESET_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct OutgoingSsnResetParameter {
  static constexpr uint16_t kType = 13;

  uint32_t request_sequence_number = 0;
  uint32_t response_sequence_number = 0;  // of the request that this answers
  Tsn last_assigned_tsn;                  // the sender's
  std::vector<StreamId> streams;          // none: all

  static std::optional<OutgoingSsnResetParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_OUTGOING_SSN_RESET_PARAMETER_H_
