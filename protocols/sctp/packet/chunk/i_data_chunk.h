// IDataChunk: I-DATA (RFC 8260 section 2.1). A user message, or a fragment of one, that may be
// interleaved with others.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_I_DATA_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_I_DATA_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct IDataChunk {
  static constexpr uint8_t kType = 64;
  static constexpr uint8_t kImmediateBit = 0x08;
  static constexpr uint8_t kUnorderedBit = 0x04;
  static constexpr uint8_t kBeginBit = 0x02;
  static constexpr uint8_t kEndBit = 0x01;

  bool immediate = false;  // I: acknowledge at once
  bool unordered = false;  // U
  bool begin = false;      // B: the first fragment
  bool end = false;        // E: the last fragment
  Tsn tsn;
  StreamId stream;
  Mid mid;
  uint32_t ppid_or_fsn = 0;       // PPID if begin, else the fragment sequence number
  std::span<const uint8_t> data;  // never empty

  static std::optional<IDataChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_I_DATA_CHUNK_H_
