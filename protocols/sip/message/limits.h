// Limits of the message layer. What exceeds one is reported as a violation, never fatal.
#ifndef TICKWIRE_PROTOCOLS_SIP_MESSAGE_LIMITS_H_
#define TICKWIRE_PROTOCOLS_SIP_MESSAGE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace tickwire::sip {

inline constexpr size_t kMaxMessageBytes = 1 << 20;  // whole message; a UDP datagram has < 64 KiB
inline constexpr size_t kMaxHeaderRows = 512;        // rows of one message
inline constexpr size_t kMaxHeaderNameBytes = 256;   // one header name
inline constexpr size_t kMaxParams = 64;             // parameters of one header value or URI
inline constexpr size_t kMaxViolations = 64;         // reported for one message
inline constexpr uint32_t kMaxCSeq = 0x7fffffff;     // RFC 3261 §8.1.1.5
inline constexpr uint32_t kMaxDeltaSeconds = 0xffffffff;  // RFC 3261 §20.19

}  // namespace tickwire::sip

#endif  // TICKWIRE_PROTOCOLS_SIP_MESSAGE_LIMITS_H_
