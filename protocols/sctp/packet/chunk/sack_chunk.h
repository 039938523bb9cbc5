// SackChunk: SACK (RFC 9260 section 3.3.4). What arrived, and how much more may come.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_SACK_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_SACK_CHUNK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "protocols/sctp/common/ids.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct SackChunk {
  static constexpr uint8_t kType = 3;
  // Offsets from the cumulative TSN ack, both ends included.
  struct GapAckBlock {
    uint16_t start = 0;
    uint16_t end = 0;
    bool operator==(const GapAckBlock&) const = default;
  };

  Tsn cumulative_tsn_ack;
  uint32_t a_rwnd = 0;  // advertised receiver window credit, bytes
  absl::InlinedVector<GapAckBlock, 8> gap_ack_blocks;
  absl::InlinedVector<Tsn, 4> duplicate_tsns;

  static std::optional<SackChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_SACK_CHUNK_H_
