// CookieEchoChunk: COOKIE ECHO (RFC 9260 section 3.3.11). Returns the state cookie.
#ifndef TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_COOKIE_ECHO_CHUNK_H_
#define TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_COOKIE_ECHO_CHUNK_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocols/sctp/packet/tlv.h"

namespace tickwire::sctp {

struct CookieEchoChunk {
  static constexpr uint8_t kType = 10;

  std::span<const uint8_t> cookie;  // as it came

  static std::optional<CookieEchoChunk> Parse(const ChunkView& view);
  void SerializeTo(std::vector<uint8_t>& out) const;
  std::string ToString() const;
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_PACKET_CHUNK_COOKIE_ECHO_CHUNK_H_
