// InitChunk: INIT (RFC 9260 section 3.3.2). Opens an association.
//
// Values that the RFC forbids are read as they are: whoever receives them answers with an error
// cause.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_INIT_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_INIT_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct InitChunk {
  static constexpr uint8_t kType = 1;

  VerificationTag initiate_tag;   // never 0
  uint32_t a_rwnd = 0;            // advertised receiver window credit, bytes
  uint16_t outbound_streams = 0;  // OS; never 0
  uint16_t inbound_streams = 0;   // MIS; never 0
  Tsn initial_tsn;
  std::span<const uint8_t> parameters;  // one after the other

  static std::optional<InitChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_INIT_CHUNK_H_
