// DataChunk: DATA (RFC 9260 section 3.3.1). A user message, or a fragment of one.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_DATA_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_DATA_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct DataChunk {
  static constexpr uint8_t kType = 0;
  static constexpr uint8_t kImmediateBit = 0x08;
  static constexpr uint8_t kUnorderedBit = 0x04;
  static constexpr uint8_t kBeginBit = 0x02;
  static constexpr uint8_t kEndBit = 0x01;

  bool immediate = false;  // I: acknowledge at once (RFC 7053)
  bool unordered = false;  // U
  bool begin = false;      // B: the first fragment
  bool end = false;        // E: the last fragment
  Tsn tsn;
  StreamId stream;
  Ssn ssn;  // ignored if unordered
  Ppid ppid;
  std::span<const uint8_t> data;  // never empty

  static std::optional<DataChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_DATA_CHUNK_H_
