// AddOutgoingStreamsParameter: Add Outgoing Streams Request (RFC 6525 section 4.5). The sender
// wants more outgoing streams.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_ADD_OUTGOING_STREAMS_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_ADD_OUTGOING_STREAMS_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct AddOutgoingStreamsParameter {
  static constexpr uint16_t kType = 17;

  uint32_t request_sequence_number = 0;
  uint16_t new_streams = 0;  // how many more

  static std::optional<AddOutgoingStreamsParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_ADD_OUTGOING_STREAMS_PARAMETER_H_
