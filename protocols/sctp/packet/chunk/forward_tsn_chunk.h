// ForwardTsnChunk: FORWARD-TSN (RFC 3758 section 3.2). The sender has given messages up: the
// receiver moves on.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_FORWARD_TSN_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_FORWARD_TSN_CHUNK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct ForwardTsnChunk {
  static constexpr uint8_t kType = 192;
  struct Skipped {
    StreamId stream;
    Ssn ssn;  // the largest that was skipped there
    bool operator==(const Skipped&) const = default;
  };

  Tsn new_cumulative_tsn;
  std::vector<Skipped> skipped;

  static std::optional<ForwardTsnChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_FORWARD_TSN_CHUNK_H_
