// Limits of one session description. What exceeds one is reported (sdp.too_large), never fatal to
// the process.
#ifndef TICKWIRE_PROTOCOLS_SDP_LIMITS_H_
#define TICKWIRE_PROTOCOLS_SDP_LIMITS_H_

#include <cstddef>

namespace tickwire::sdp {

inline constexpr size_t kMaxBytes = 65536;
inline constexpr size_t kMaxLines = 1024;
inline constexpr size_t kMaxMedia = 32;     // m= lines
inline constexpr size_t kMaxFormats = 128;  // of one m= line; there are 128 payload types
inline constexpr size_t kMaxViolations = 32;

}  // namespace tickwire::sdp

#endif  // TICKWIRE_PROTOCOLS_SDP_LIMITS_H_
