// What IPv4 and IPv6 have in common, as values: protocol numbers, what a layer above is told about
// a datagram, and what it may ask of one that it sends.
#ifndef TICKWIRE_PROTOCOLS_IP_IP_HEADER_H_
#define TICKWIRE_PROTOCOLS_IP_IP_HEADER_H_

#include <cstdint>

#include "protocols/transport/ip_address.h"
#include "sim_core/packet/internet_checksum.h"

namespace tickwire {

// IANA "Protocol Numbers".
enum class IpProtocol : uint8_t {
  kIcmp = 1,
  kTcp = 6,
  kUdp = 17,
  kIpv6Fragment = 44,
  kIcmpv6 = 58,
  kIpv6NoNextHeader = 59,
  kSctp = 132,
};

// RFC 3168 section 5.
enum class Ecn : uint8_t { kNotEct = 0, kEct1 = 1, kEct0 = 2, kCe = 3 };

struct IpSendOptions {
  uint8_t ttl = 64;  // hop limit in IPv6
  uint8_t dscp = 0;
  Ecn ecn = Ecn::kNotEct;
  bool dont_fragment = false;
};

// A datagram as the layer above sees it.
struct IpDatagram {
  IpAddress source;
  IpAddress destination;
  IpProtocol protocol;
  uint8_t ttl = 0;
  uint8_t dscp = 0;
  Ecn ecn = Ecn::kNotEct;
};

// The pseudo-header of UDP and TCP: RFC 768, RFC 9293 section 3.1; RFC 8200 section 8.1.
inline void AddPseudoHeader(InternetChecksum& sum, const IpAddress& source,
                            const IpAddress& destination, IpProtocol protocol, uint32_t length) {
  sum.Add(source.bytes()).Add(destination.bytes());
  sum.Add32(length).Add16(static_cast<uint8_t>(protocol));
}

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_IP_IP_HEADER_H_
