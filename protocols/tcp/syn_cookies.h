// SynCookies: initial sequence numbers that remember a SYN, so that a listener needs not
// (D. J. Bernstein's scheme; RFC 4987 section 3.6).
//
// 8 bits of time in steps of 64 s, and 24 bits of a keyed hash of the connection, the peer's
// initial sequence number, that time and the MSS, with the index of the peer's MSS in its lowest 3
// bits. Window scale and SACK ride in the low bits of the timestamp, if the peer offered
// timestamps.
#ifndef TICKWIRE_PROTOCOLS_TCP_SYN_COOKIES_H_
#define TICKWIRE_PROTOCOLS_TCP_SYN_COOKIES_H_

#include <cstdint>
#include <optional>

#include "protocols/tcp/tcp_connection.h"

namespace tickwire::tcp {

class SynCookies {
 public:
  explicit SynCookies(uint64_t secret) : secret_(secret) {}

  uint32_t Make(const TcpConnection::Id& id, uint32_t peer_initial_sequence, uint16_t peer_mss,
                SimTime now) const;
  // The MSS that the cookie remembers; none if it is not ours, or older than two steps of time.
  std::optional<uint16_t> Check(const TcpConnection::Id& id, uint32_t cookie,
                                uint32_t peer_initial_sequence, SimTime now) const;

  // The timestamp value that carries the options; a bit earlier than `timestamp`.
  static uint32_t EncodeOptions(uint32_t timestamp, bool sack, std::optional<uint8_t> window_scale);
  static void DecodeOptions(uint32_t echoed, bool& sack, std::optional<uint8_t>& window_scale);

 private:
  uint32_t Hash(const TcpConnection::Id& id, uint32_t peer_initial_sequence, uint32_t step,
                uint32_t mss_index) const;

  const uint64_t secret_;
};

}  // namespace tickwire::tcp

#endif  // TICKWIRE_PROTOCOLS_TCP_SYN_COOKIES_H_
