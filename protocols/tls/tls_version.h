// The versions of TLS that are spoken here, as they stand on the wire (RFC 8446 §4.2.1).
#ifndef TICKWIRE_PROTOCOLS_TLS_TLS_VERSION_H_
#define TICKWIRE_PROTOCOLS_TLS_TLS_VERSION_H_

#include <cstdint>

namespace tickwire::tls {

enum class TlsVersion : uint16_t { k12 = 0x0303, k13 = 0x0304 };

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_TLS_VERSION_H_
