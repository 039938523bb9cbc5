// Times in certificates (RFC 5280 §4.1.2.5): UTCTime from 1950 to 2049, else GeneralizedTime, in
// seconds since 1970-01-01T00:00:00Z.
#ifndef TICKWIRE_PROTOCOLS_TLS_CERTIFICATE_TIME_H_
#define TICKWIRE_PROTOCOLS_TLS_CERTIFICATE_TIME_H_

#include <cstdint>
#include <optional>

#include "protocols/tls/der.h"

namespace tickwire::tls {

// The years 1 to 9999.
der::Bytes EncodeTime(int64_t seconds);
std::optional<int64_t> ParseTime(const der::Element& element);

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_CERTIFICATE_TIME_H_
