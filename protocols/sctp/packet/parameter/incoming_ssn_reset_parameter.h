// IncomingSsnResetParameter: Incoming SSN Reset Request (RFC 6525 section 4.2). The sender wants
// the peer to reset its outgoing streams.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_INCOMING_SSN_RESET_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_INCOMING_SSN_RESET_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct IncomingSsnResetParameter {
  static constexpr uint16_t kType = 14;

  uint32_t request_sequence_number = 0;
  std::vector<StreamId> streams;  // none: all

  static std::optional<IncomingSsnResetParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_INCOMING_SSN_RESET_PARAMETER_H_
