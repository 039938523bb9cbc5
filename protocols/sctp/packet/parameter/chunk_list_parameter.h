// ChunkListParameter: Chunk List (RFC 4895 section 3.2). The chunk types that the sender wants to
// get authenticated only.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_CHUNK_LIST_PARAMETER_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_CHUNK_LIST_PARAMETER_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct ChunkListParameter {
  static constexpr uint16_t kType = 0x8003;

  std::vector<uint8_t> types;  //

  static std::optional<ChunkListParameter> Parse(const ParameterView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_PARAMETER_CHUNK_LIST_PARAMETER_H_
