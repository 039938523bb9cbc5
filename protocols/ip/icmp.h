// ICMP for IPv4 (RFC 792) and IPv6 (RFC 4443): the errors that reach a transport, and echo.
//
// Both are one codec here: the layout is the same (type, code, checksum, four bytes, data), only
// the numbers and the checksum's pseudo-header differ.
#ifndef TICKWIRE_PROTOCOLS_IP_ICMP_H_
#define TICKWIRE_PROTOCOLS_IP_ICMP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "protocols/ip/ip_header.h"

namespace tickwire {

// The errors that this stack makes or understands, whichever the version.
enum class IcmpErrorKind : uint8_t {
  kNetworkUnreachable,   // v4 3/0; v6 1/0
  kHostUnreachable,      // v4 3/1; v6 1/3
  kProtocolUnreachable,  // v4 3/2; v6 4/1 (unrecognized next header)
  kPortUnreachable,      // v4 3/3; v6 1/4
  kPacketTooBig,         // v4 3/4 (RFC 1191); v6 2/0
  kTtlExceeded,          // v4 11/0; v6 3/0
  kReassemblyTimeout,    // v4 11/1; v6 3/1
};

struct IcmpMessage {
  static constexpr size_t kHeaderSize = 8;
  enum class Kind : uint8_t { kError, kEchoRequest, kEchoReply, kOther };

  Kind kind = Kind::kOther;
  IcmpErrorKind error{};             // if kError
  uint32_t rest = 0;                 // the second word: MTU, or identifier and sequence of an echo
  std::span<const uint8_t> payload;  // of the parsed bytes: the packet in error, or the echo's data

  // The MTU of kPacketTooBig: RFC 1191 section 4 has 16 bits, RFC 4443 section 3.2 has 32.
  uint32_t mtu(bool v6) const { return v6 ? rest : rest & 0xffff; }

  // `bytes` is a whole ICMP message whose checksum is still to be verified; `source` and
  // `destination` are those of its IP header. `zeros` more zero bytes follow.
  static std::optional<IcmpMessage> Parse(std::span<const uint8_t> bytes, uint32_t zeros,
                                          const IpAddress& source, const IpAddress& destination);
  // Writes the header in front of the payload that already stands behind it in `out`, with the
  // checksum over both and `zeros` more bytes. REQUIRES: out.size() >= kHeaderSize; kind != kOther.
  void WriteHeader(std::span<uint8_t> out, uint32_t zeros, const IpAddress& source,
                   const IpAddress& destination) const;
};

}  // namespace tickwire

#endif  // TICKWIRE_PROTOCOLS_IP_ICMP_H_
