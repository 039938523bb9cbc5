// AsconfChunk: ASCONF (RFC 5061 section 4.1.1). Changes the addresses of an association.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_ASCONF_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_ASCONF_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct AsconfChunk {
  static constexpr uint8_t kType = 193;

  uint32_t sequence_number = 0;
  std::span<const uint8_t> parameters;  // an address of the sender, then requests

  static std::optional<AsconfChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_ASCONF_CHUNK_H_
