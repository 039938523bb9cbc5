// IForwardTsnChunk: I-FORWARD-TSN (RFC 8260 section 2.3.1). The sender has given messages up: the
// receiver moves on, and of messages that are unordered too.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_I_FORWARD_TSN_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_I_FORWARD_TSN_CHUNK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct IForwardTsnChunk {
  static constexpr uint8_t kType = 194;
  struct Skipped {
    StreamId stream;
    bool unordered = false;
    Mid mid;  // the largest that was skipped there
    bool operator==(const Skipped&) const = default;
  };

  Tsn new_cumulative_tsn;
  std::vector<Skipped> skipped;

  static std::optional<IForwardTsnChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_I_FORWARD_TSN_CHUNK_H_
