// InvalidStreamIdentifierCause: Invalid Stream Identifier (RFC 9260 section 3.3.10.1). A DATA
// chunk named a stream that there is not.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_INVALID_STREAM_IDENTIFIER_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_INVALID_STREAM_IDENTIFIER_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct InvalidStreamIdentifierCause {
  static constexpr uint16_t kCode = 1;

  StreamId stream;

  static std::optional<InvalidStreamIdentifierCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_INVALID_STREAM_IDENTIFIER_CAUSE_H_
