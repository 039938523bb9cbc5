// UnrecognizedChunkTypeCause: Unrecognized Chunk Type (RFC 9260 section 3.3.10.6). A chunk that
// was not understood.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_UNRECOGNIZED_CHUNK_TYPE_CAUSE_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_UNRECOGNIZED_CHUNK_TYPE_CAUSE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct UnrecognizedChunkTypeCause {
  static constexpr uint16_t kCode = 6;

  std::span<const uint8_t> chunk;  // the whole of it

  static std::optional<UnrecognizedChunkTypeCause> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CAUSE_UNRECOGNIZED_CHUNK_TYPE_CAUSE_H_
