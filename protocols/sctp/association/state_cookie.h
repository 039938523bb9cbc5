// StateCookie: everything that a listener must remember of an INIT, given to the peer to keep
// (RFC 9260 sections 5.1.3 to 5.1.5 and 5.2.2). Signed with the node's secret (HMAC-SHA-256), and
// good for a while only.
#ifndef TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_STATE_COOKIE_H_
#define TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_STATE_COOKIE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "protocols/sctp/common/ids.h"
#include "protocols/transport/ip_address.h"
#include "sim_core/time/sim_time.h"

namespace tickwire::sctp {

struct StateCookie {
  using Secret = std::array<uint8_t, 32>;

  SimTime created;
  Duration life;
  // Who it is for.
  IpAddress local, remote;  // of the packet with the INIT, seen from us
  uint16_t local_port = 0;
  uint16_t remote_port = 0;
  // Ours, as in the INIT ACK.
  VerificationTag local_tag;
  Tsn local_initial_tsn;
  uint16_t outbound_streams = 0;
  uint16_t inbound_streams = 0;
  uint32_t local_tie_tag = 0;  // 0: no association was there
  uint32_t peer_tie_tag = 0;
  std::vector<uint8_t> random;     // our Random (RFC 4895); may be empty
  std::vector<uint8_t> peer_init;  // the value of the INIT chunk

  std::vector<uint8_t> Sign(const Secret& secret) const;
  // None: not ours, or changed on the way. Its age is the caller's to check.
  static std::optional<StateCookie> Verify(std::span<const uint8_t> bytes, const Secret& secret);
};

}  // namespace tickwire::sctp

#endif  // TICKWIRE_PROTOCOLS_SCTP_ASSOCIATION_STATE_COOKIE_H_
