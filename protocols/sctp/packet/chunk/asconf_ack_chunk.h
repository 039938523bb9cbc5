// AsconfAckChunk: ASCONF-ACK (RFC 5061 section 4.1.2). Answers ASCONF.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_ASCONF_ACK_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_ASCONF_ACK_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct AsconfAckChunk {
  static constexpr uint8_t kType = 128;

  uint32_t sequence_number = 0;
  std::span<const uint8_t> responses;  // one for each request that failed, at least

  static std::optional<AsconfAckChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_ASCONF_ACK_CHUNK_H_
