// Bytes that stand where real TLS has the results of cryptography: the same from the same seed on
// every machine.
#ifndef TICKWIRE_PROTOCOLS_TLS_FILLER_H_
#define TICKWIRE_PROTOCOLS_TLS_FILLER_H_

#include <cstdint>
#include <span>
#include <vector>

namespace tickwire::tls {

void FillBytes(uint64_t seed, std::span<uint8_t> out);
// In the form of an ECDSA signature by P-256 (RFC 5480 §2.1.1, RFC 3279 §2.2.3): r and s of 32
// octets each. Real ones take 70 to 72 octets; these 70.
std::vector<uint8_t> FillerSignature(uint64_t seed);

}  // namespace tickwire::tls

#endif  // TICKWIRE_PROTOCOLS_TLS_FILLER_H_
